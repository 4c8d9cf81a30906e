"""What a theorem says, as Coq over the model of ``certificate/coq``. Trusted for the statement."""
