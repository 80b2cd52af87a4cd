"""Floor 3: reads for pages. Every select begins at `access`; what comes out is read models."""
