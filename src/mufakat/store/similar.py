"""Cases like a case, on PostgreSQL: of the same reason and category first, and among those by what was written.

Candidates are few whatever the number of cases: the latest of the same kind, the latest of the same reason, and some
that share rare-looking words by the full-text index. Only they are compared, by full-text rank and by trigrams where
the server has them (pg_trgm). Texts come in with the notes for signals (`store/signals.py`) and go with them.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from mufakat.store.database import Database, Pool

CANDIDATES: Final = 300
"""Cases that each of the three ways brings at most."""
EXTENSION: Final = "pg_trgm"


@dataclass(frozen=True, slots=True)
class SearchText:
    """What was written in a case, folded, and what its lines are: pairs of reason and category.

    `config`: the configuration of the full-text search for its market.
    """

    kinds: tuple[tuple[str, str], ...]
    opened_at: datetime
    body: str
    config: str


@dataclass(frozen=True, slots=True)
class SimilarWanted:
    """A case for which others are sought. `query`: words for full-text search, as `to_tsquery` takes them.

    `ties`: parties whose cases the reader may not have.
    """

    marketplace: str
    case_id: str
    text: SearchText
    query: str
    ties: tuple[str, ...]
    limit: int


@dataclass(frozen=True, slots=True)
class SimilarRow:
    """A closed case that is like the one sought.

    `same_kind`: a line has reason and category in common; `same_reason`: only the reason. `alike`: how near the texts
    are, from 0; the larger the nearer.
    """

    order_id: str
    case_id: str
    same_kind: bool
    same_reason: bool
    alike: float


FORGET_SEARCH_TEXT: Final = "DELETE FROM search_texts WHERE marketplace = $1 AND case_id = $2 AND order_id = $3"
"""What forgetting a case does to what was kept of its texts."""

_COLUMNS: Final = "t.order_id, t.case_id, t.reason, t.category, t.opened_at, t.body, t.words"

# $1 marketplace, $2 reasons, $3 categories, $4 configuration, $5 query, $6 text, $7 case, $8 ties, $9 limit.
_SIMILAR: Final = """
WITH kinds AS (SELECT * FROM unnest($2::text[], $3::text[]) AS k (reason, category)),
near AS (
    (SELECT {columns} FROM kinds k CROSS JOIN LATERAL (SELECT * FROM search_texts t WHERE t.marketplace = $1
        AND t.reason = k.reason AND t.category = k.category ORDER BY t.opened_at DESC LIMIT {most}) t)
    UNION ALL
    (SELECT {columns} FROM (SELECT DISTINCT reason FROM kinds) k CROSS JOIN LATERAL (SELECT * FROM search_texts t
        WHERE t.marketplace = $1 AND t.reason = k.reason ORDER BY t.opened_at DESC LIMIT {most}) t)
    UNION ALL
    (SELECT {columns} FROM search_texts t WHERE t.marketplace = $1 AND $5 <> ''
        AND t.words @@ to_tsquery($4::regconfig, $5) LIMIT {most})
),
single AS (SELECT DISTINCT ON (order_id, case_id, reason, category) * FROM near WHERE case_id <> $7),
ranked AS (
    SELECT t.order_id, t.case_id, max(t.opened_at) AS opened_at,
        bool_or((t.reason, t.category) IN (SELECT reason, category FROM kinds)) AS same_kind,
        bool_or(t.reason IN (SELECT reason FROM kinds)) AS same_reason,
        max(CASE WHEN $5 = '' THEN 0 ELSE ts_rank(t.words, to_tsquery($4::regconfig, $5), 33) END + {trigrams}) AS alike
    FROM single t JOIN cases c ON c.marketplace = $1 AND c.order_id = t.order_id AND c.case_id = t.case_id
    WHERE NOT c.is_open AND c.customer_id <> ALL ($8) AND c.seller_id <> ALL ($8)
    GROUP BY t.order_id, t.case_id
)
SELECT order_id, case_id, same_kind, same_reason, alike::float8 FROM ranked
ORDER BY same_kind DESC, same_reason DESC, alike DESC, opened_at DESC, case_id LIMIT $9
"""


class PostgresSimilar(Database):
    """Closed cases that are like a case."""

    def __init__(self, pool: Pool) -> None:
        super().__init__(pool)
        self._trigrams: bool | None = None

    async def has_trigrams(self) -> bool:
        """Whether this server compares texts by trigrams, too; asked once, and again while it does not."""
        if not self._trigrams:
            row = await self.fetch_one("SELECT 1 FROM pg_extension WHERE extname = $1", EXTENSION)
            self._trigrams = row is not None
        return self._trigrams

    async def similar(self, wanted: SimilarWanted) -> list[SimilarRow]:
        """The closed cases that are like one, the likest first."""
        compared = "similarity(t.body, $6::text)" if await self.has_trigrams() else "0 * length($6::text)"
        text = wanted.text
        rows = await self.fetch(
            _SIMILAR.format(columns=_COLUMNS, most=CANDIDATES, trigrams=compared),
            *(wanted.marketplace, [reason for reason, _ in text.kinds], [category for _, category in text.kinds]),
            *(text.config, wanted.query, text.body, wanted.case_id, list(wanted.ties), wanted.limit),
        )
        return [SimilarRow(*row.values()) for row in rows]
