package stack

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"net/http"

	"portal.example/shared/radatest"
)

//go:embed register/acts.json
var registerActs []byte

// Register is the demo's stand-in for the open data of the Verkhovna Rada. Its texts are made up and say so.
func Register() (http.Handler, error) {
	var acts []radatest.Act
	if err := json.Unmarshal(registerActs, &acts); err != nil {
		return nil, fmt.Errorf("register/acts.json: %w", err)
	}
	return radatest.New(acts...), nil
}
