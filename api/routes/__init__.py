"""The addresses of Sigap: HTTP in, a call of the detector, the contract out."""
