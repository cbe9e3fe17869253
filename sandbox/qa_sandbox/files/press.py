"""Keeps the latest files made, so that a repeated download is fast and gives equal bytes."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable

from qa_sandbox.files.padding import padded_pdf, padded_xlsx
from qa_sandbox.files.report_file import ReportFile
from qa_sandbox.settings import SandboxSettings


class Press:
    """Typesets what is asked for, and keeps the latest documents. Safe to use from several threads."""

    def __init__(self, settings: SandboxSettings, keep: int = 32) -> None:
        self._settings, self._keep = settings, keep
        self._made: OrderedDict[Hashable, bytes] = OrderedDict()
        self._lock = threading.Lock()

    def file(self, name: str, key: Hashable, make: Callable[[], bytes]) -> ReportFile:
        """Return the file of a document; a PDF and an XLSX have the size that the settings ask for."""
        data, settings = self.get(key, make), self._settings
        if name.endswith(".pdf"):
            return padded_pdf(name, data, settings.pdf_bytes, settings.seed)
        if name.endswith(".xlsx"):
            return padded_xlsx(name, data, settings.xlsx_bytes, settings.seed)
        return ReportFile.from_bytes(name, data)

    def get(self, key: Hashable, make: Callable[[], bytes]) -> bytes:
        """Return the document for a key, making it if need be."""
        with self._lock:
            if key in self._made:
                self._made.move_to_end(key)
                return self._made[key]
        data = make()
        with self._lock:
            self._made[key] = data
            while len(self._made) > self._keep:
                self._made.popitem(last=False)
        return data

    def clear(self) -> None:
        with self._lock:
            self._made.clear()
