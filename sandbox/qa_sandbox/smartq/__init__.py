"""smartQ: users, projects with steps, roles and custom fields, tickets with notes, files and tasks."""
