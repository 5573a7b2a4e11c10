package publisher

import "errors"

// ErrLost is what the errors are (errors.Is) that say: the source is the one that the replica was made from, and its slot no
// longer gives what the replica lacks. A new load answers that, and harms nobody but by its price.
var ErrLost = errors.New("the slot is lost")

// AsLost marks an error as one that is ErrLost; its text stays.
func AsLost(err error) error { return lostError{err} }

type lostError struct{ error }

func (e lostError) Unwrap() error        { return e.error }
func (e lostError) Is(target error) bool { return target == ErrLost }
