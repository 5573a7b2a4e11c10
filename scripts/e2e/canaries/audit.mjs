// Rows of audit that the filters of the whitelist keep inside, $1 in every text; and how they go again.
export const hidden = [
  `select audit.record(null, $1, $1, $1, $1, null, null, $1, jsonb_build_object('k', $1::text))`,
]

export const forget = []
