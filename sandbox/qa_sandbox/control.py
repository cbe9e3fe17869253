"""The control API below ``/__sandbox__/``: what went over the wire, faults, outcomes and the clock."""

from __future__ import annotations

import json

from fastapi import FastAPI
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from qa_sandbox.context import SandboxContext
from qa_sandbox.middleware import CONTROL_PREFIX
from qa_sandbox.outcomes import Outcome
from qa_sandbox.vendors import load_vendor
from qa_sandbox.web import Store


class Control:
    def __init__(self, context: SandboxContext, app: FastAPI) -> None:
        self.context = context
        self.app = app

    @property
    def store(self) -> Store:
        store: Store = self.app.state.store
        return store

    async def requests(self, request: Request) -> Response:
        log = self.context.requests
        if request.method == "DELETE":
            log.clear()
            return Response(status_code=204)
        return JSONResponse({"total": log.total, "requests": [entry.as_dict() for entry in log.snapshot()]})

    async def scenario(self, request: Request) -> Response:
        """List, add or clear fault rules; a rule without a vendor is given this one."""
        scenario = self.context.scenario
        if request.method == "POST":
            raw = await request.json()
            rules = raw.get("rules") if isinstance(raw, dict) and "rules" in raw else raw
            rules = rules if isinstance(rules, list) else [rules]
            own = [{"vendor": self.context.vendor, **rule} if isinstance(rule, dict) else rule for rule in rules]
            added = [rule.id for rule in scenario.add_all(own)]
            return JSONResponse({"added": added, "rules": scenario.describe()}, status_code=201)
        if request.method == "DELETE":
            scenario.clear()
            return Response(status_code=204)
        return JSONResponse({"rules": scenario.describe()})

    async def rule(self, request: Request) -> Response:
        rule_id = request.path_params["rule_id"]
        if self.context.scenario.remove(rule_id):
            return Response(status_code=204)
        return JSONResponse({"error": f"No scenario rule {rule_id!r}."}, status_code=404)

    async def outcomes(self, request: Request) -> Response:
        """List, add or clear scripted endings; with ``id``, script an object that exists already."""
        book = self.context.outcomes
        if request.method == "POST":
            raw = await request.json()
            object_id = raw.pop("id", None) if isinstance(raw, dict) else None
            parsed = [Outcome.parse(item) for item in (raw if isinstance(raw, list) else [raw])]
            if object_id is None:
                book.add(parsed)
            elif not self.store.script(str(object_id), parsed[0]):
                return JSONResponse({"error": f"No {parsed[0].kind} {object_id!r}."}, status_code=404)
            return JSONResponse({"outcomes": book.describe()}, status_code=201)
        if request.method == "DELETE":
            book.clear()
            return Response(status_code=204)
        return JSONResponse({"outcomes": book.describe()})

    async def clock(self, request: Request) -> Response:
        return JSONResponse({"now": self.context.clock.now().isoformat()})

    async def advance(self, request: Request) -> Response:
        raw = await request.json()
        seconds = raw.get("seconds") if isinstance(raw, dict) else None
        if isinstance(seconds, bool) or not isinstance(seconds, (int, float)):
            raise ValueError('The body must be {"seconds": <number>}.')
        return JSONResponse({"now": self.context.clock.advance(seconds).isoformat()})

    async def state(self, request: Request) -> Response:
        """Describe every object that the vendor holds, and the webhooks it called."""
        now = self.context.clock.now().isoformat()
        calls = [delivery.as_dict() for delivery in self.context.callbacks.deliveries()]
        return JSONResponse({"vendor": self.context.vendor, "now": now, **self.store.snapshot(), "deliveries": calls})

    async def webhook(self, request: Request) -> Response:
        """Enter or remove the webhook of a vendor whose users do so on a settings page."""
        set_webhook = getattr(self.store, "set_webhook", None)
        if set_webhook is None:
            return JSONResponse({"error": f"{self.context.vendor} has no such setting."}, status_code=404)
        if request.method == "PUT":
            raw = await request.json()
            url = raw.get("url") if isinstance(raw, dict) else None
            if not isinstance(url, str):
                raise ValueError('The body must be {"url": "<address>"}.')
            set_webhook(url)
        else:
            set_webhook(None)
        return Response(status_code=204)

    async def reset(self, request: Request) -> Response:
        """Forget everything that happened to this vendor: a new account, an empty request log."""
        reset_vendor(self.context, self.app)
        return Response(status_code=204)


def reset_vendor(context: SandboxContext, app: FastAPI) -> None:
    """Give a vendor a new account and an empty request log."""
    context.callbacks.clear()
    app.state.store = load_vendor(context.vendor).store(context)
    context.requests.clear()
    context.lagging.clear()
    context.begin()


async def _refused(request: Request, error: Exception) -> Response:
    problem = "The body is not JSON." if isinstance(error, json.JSONDecodeError) else str(error)
    return JSONResponse({"error": problem}, status_code=400)


def create_control_app(context: SandboxContext, app: FastAPI) -> ASGIApp:
    control = Control(context, app)
    routes = [
        ("/requests", control.requests, ["GET", "DELETE"]),
        ("/scenario", control.scenario, ["GET", "POST", "DELETE"]),
        ("/scenario/{rule_id}", control.rule, ["DELETE"]),
        ("/outcomes", control.outcomes, ["GET", "POST", "DELETE"]),
        ("/clock", control.clock, ["GET"]),
        ("/clock/advance", control.advance, ["POST"]),
        ("/state", control.state, ["GET"]),
        ("/webhook", control.webhook, ["PUT", "DELETE"]),
        ("/reset", control.reset, ["POST"]),
    ]
    return Starlette(
        routes=[Route(CONTROL_PREFIX + path, handler, methods=methods) for path, handler, methods in routes],
        exception_handlers={ValueError: _refused, RecursionError: _refused},
    )
