"""What keeps a journey safe: closures, sweeps, crews, fallbacks, who may know what."""
