"""The web: HTTP in, a call of the detector, the contract out. No judgement is made here."""
