"""A small marketplace of our own for the demo: seeded orders, and complaints in Indonesian and English by us."""

from datetime import UTC, datetime, timedelta
from random import Random
from typing import Final

from mufakat.core.order import OUTBOUND, Order, OrderLine, Scan, ScanKind
from mufakat.lab.importing import Complaint, Imported, Source
from mufakat.lab.people import rolls

ORDERS: Final = 40
OPENED: Final = datetime(2025, 9, 1, tzinfo=UTC)

COMPLAINTS: Final = (
    "Barang belum sampai padahal statusnya sudah terkirim.",
    "Gelasnya pecah dua saat dibuka.",
    "Warna salah, saya pesan hitam yang datang putih.",
    "Isi paket kurang satu.",
    "Barang palsu, jahitannya tidak rapi sama sekali.",
    "Lampunya tidak berfungsi, sudah dicoba di stop kontak lain.",
    "Kain tidak sesuai deskripsi, bahannya tipis.",
    "Paket datang terlambat empat hari, acaranya sudah lewat.",
    "Kotaknya penyok dan isinya basah.",
    "Charger cacat, cepat panas lalu mati.",
    "Saya kecewa dengan belanja kali ini.",
    "Mohon uang kembali, ukurannya tidak sesuai.",
    "The mug arrived broken.",
    "This is the wrong size, I ordered XL. I would like to exchange it.",
    "One of the two cables is missing.",
    "The speaker does not work at all.",
    "It looks smaller than in the pictures, not as described.",
    "The bag is a fake, the logo is misspelt.",
    "My parcel never arrived.",
    "It came two weeks late, I do not need it any more.",
    "The zip is torn, I want to send it back.",
    "Not happy with this at all.",
)
"""What customers of the small marketplace write."""

GOODS: Final = (
    ("mug", 45_000, "HOME_IMPROVEMENT"),
    ("batik shirt", 189_900, "FASHION"),
    ("phone charger", 79_999, "PHONES_AND_ELECTRONICS"),
    ("desk lamp", 134_500, "HOME_IMPROVEMENT"),
    ("sambal, three jars", 66_600, "FOOD_AND_BEVERAGE"),
    ("school bag", 215_000, "FASHION"),
    ("toy train", 99_500, "TOYS"),
    ("bluetooth speaker", 349_000, "PHONES_AND_ELECTRONICS"),
)
"""Product, price in rupiah, category."""


def bazaar(seed: int) -> Source:
    """Orders with their deliveries, and a complaint about many of them."""
    chance = Random(f"mufakat bazaar {seed}")
    source = Source()
    for number in range(1, ORDERS + 1):
        made = _order(number, chance)
        source.orders[made.order.order_id] = made
        if made.scans and rolls(chance, 0.7):
            source.complaints.append(_complaint(made, number, chance))
    source.complaints.sort(key=lambda each: (each.created_at, each.complaint_id))
    return source


def _order(number: int, chance: Random) -> Imported:
    bought = OPENED + timedelta(minutes=chance.randint(0, 40 * 1440))
    lines = []
    for n in range(1, chance.choice((1, 1, 1, 2, 3)) + 1):
        name, rupiah, category = chance.choice(GOODS)
        quantity = chance.choice((1, 1, 1, 2, 3))
        price = rupiah * 100
        discount = chance.choice((0, 0, chance.randint(1, price * quantity // 5)))
        product = name.replace(" ", "-").replace(",", "")
        durable = category == "PHONES_AND_ELECTRONICS"
        food = category == "FOOD_AND_BEVERAGE"
        lines.append(OrderLine(str(n), product, quantity, price, discount, category, durable=durable, perishable=food))
    order = Order(
        order_id=f"order-{number:03d}",
        customer_id=f"customer-{chance.randint(1, 25):02d}",
        seller_id=f"seller-{chance.randint(1, 6)}",
        currency="IDR",
        lines=tuple(lines),
        purchased_at=bought,
        shipping_fee=chance.choice((900_000, 1_150_000, 1_850_000)),
        mall=rolls(chance, 0.2),
        promised_by=bought + timedelta(days=chance.randint(4, 7)),
        payment_method=chance.choice(("card", "wallet", "cash on delivery")),
    )
    shipped = bought + timedelta(hours=chance.randint(5, 60))
    delivered = shipped + timedelta(hours=chance.randint(24, 150))
    scans = [Scan(OUTBOUND, ScanKind.IN_TRANSIT, shipped)]
    if rolls(chance, 0.93):
        scans.append(Scan(OUTBOUND, ScanKind.DELIVERED, delivered))
    return Imported(order, tuple(scans))


def _complaint(made: Imported, number: int, chance: Random) -> Complaint:
    last = made.scans[-1].at
    at = last + timedelta(minutes=chance.choice((chance.randint(60, 5 * 1440), chance.randint(60, 12 * 1440))))
    return Complaint(f"complaint-{number:03d}", made.order.order_id, at, chance.choice(COMPLAINTS))
