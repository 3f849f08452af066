"""Minor units of currencies, as ISO 4217 has them: amounts are whole numbers of these everywhere in this program.

So a rupiah is a hundred minor units: Rp 1.250 is 125000, though nobody pays in sen. What a payment provider counts in
instead is its own matter (`payments/exponents.py`).
"""

from typing import Final

EXPONENTS: Final = {
    **dict.fromkeys(("BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG"), 0),
    **dict.fromkeys(("RWF", "UGX", "UYI", "VND", "VUV", "XAF", "XOF", "XPF"), 0),
    **dict.fromkeys(("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"), 3),
    **dict.fromkeys(("CLF", "UYW"), 4),
}
"""Decimal places of currencies that do not have two."""


SYMBOLS: Final = {"IDR": "Rp", "VND": "₫"}
"""What people of a market write for its money, in whatever language they read."""


def exponent(currency: str) -> int:
    """Decimal places of a currency by ISO 4217: 10 to the power of it minor units make one."""
    return EXPONENTS.get(currency, 2)
