"""MonitorQA external API: audits, templates, objects, users."""
