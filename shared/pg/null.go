package pg

import "github.com/google/uuid"

// NullUUID is id as a value of a column that may be null: null for the zero id.
func NullUUID(id uuid.UUID) *uuid.UUID {
	if id == uuid.Nil {
		return nil
	}
	return &id
}
