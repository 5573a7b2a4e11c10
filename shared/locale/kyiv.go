package locale

import (
	"fmt"
	"sync"
	"time"
	_ "time/tzdata" // an operating system without time zones must not move every deadline
)

// Kyiv returns the time zone in which the portal shows every moment and counts every day.
var Kyiv = sync.OnceValue(func() *time.Location {
	for _, name := range []string{"Europe/Kyiv", "Europe/Kiev"} {
		if zone, err := time.LoadLocation(name); err == nil {
			return zone
		}
	}
	panic(fmt.Sprintf("time zone database of %s has no Europe/Kyiv", time.Now().Format(time.RFC3339)))
})
