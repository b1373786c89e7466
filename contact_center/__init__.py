"""The kernel: what every channel of the contact centre shares. It knows no telephony, no FAQ and no kiosk."""
