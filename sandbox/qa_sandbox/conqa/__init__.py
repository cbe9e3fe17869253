"""CONQA public API: projects, issues, milestones, webhooks, reports."""
