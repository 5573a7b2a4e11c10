package submission

import (
	"context"
	"encoding/json"

	"portal.example/shared/fault"
)

// Copy is what was sent, for its sender alone.
type Copy struct {
	Parts []Part `json:"parts"`
	// Answers are those that a new submission may begin with, as its kind writes them; nil when it can begin with none.
	Answers json.RawMessage `json:"answers,omitempty"`
}

// Part is a page of a form as it was filled in, in words.
type Part struct {
	Title string `json:"title"`
	Rows  []Row  `json:"rows"`
}

// Row is one answer; files are named.
type Row struct {
	Label string   `json:"label"`
	Lines []string `json:"lines"`
}

// maxCopy is the largest copy that is kept, sealed; larger ones are not, as forms are far from it.
const maxCopy = 256 << 10

// keepCopy keeps what describe tells of the submission for as long as its receipt, under a token of its own. The zero
// token is returned when there is nothing to keep.
func keepCopy(ctx context.Context, tx transaction, describe func() Copy) (Token, error) {
	if describe == nil {
		return Token{}, nil
	}
	plain, err := json.Marshal(describe())
	if err != nil {
		return Token{}, fault.Wrap(fault.Internal, err, "")
	}
	defer clear(plain)
	own := newToken()
	sealed, err := own.seal(plain)
	if err != nil || len(sealed) > maxCopy {
		return Token{}, err
	}
	return own, insertCopy(ctx, tx, own, sealed)
}

// Copy opens the copy behind its own token, which opens nothing else: no page but that of the copy is given its cookie,
// so that whoever rules this node learns of it only when the sender looks at it.
func (d *Desk) Copy(ctx context.Context, t Token) (Copy, error) {
	sealed, err := d.store.copied(ctx, t)
	if err != nil {
		return Copy{}, err
	}
	plain, err := t.open(sealed)
	if err != nil {
		return Copy{}, err
	}
	defer clear(plain)
	var c Copy
	if json.Unmarshal(plain, &c) != nil {
		return Copy{}, errNoDraft()
	}
	d.sent() // it was in the clear once more
	return c, nil
}
