"""Floor 4: what is done when its time has come. Each thing is claimed by one of all workers."""
