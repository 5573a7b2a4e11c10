package locale

import (
	"database/sql/driver"
	"fmt"
)

// Scan reads an amount from a database column of type numeric; NULL is nothing to pay.
func (m *Money) Scan(src any) error {
	var err error
	switch v := src.(type) {
	case nil:
		*m = 0
	case string:
		*m, err = ParseMoney(v)
	case []byte:
		*m, err = ParseMoney(string(v))
	case int64:
		*m = Money(v * 100)
	default:
		err = fmt.Errorf("amount of money from %T", src)
	}
	return err
}

// Value gives the amount to a database column of type numeric.
func (m Money) Value() (driver.Value, error) { return m.String(), nil }
