"""How we wait for things at a vendor: a pure state machine, what each vendor contributes, and one shared poll."""
