package reception_test

import (
	"net/http"
	"net/url"
	"testing"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/web/webtest"
)

// The board shows numbers and windows, and nobody's name.
func TestBoard(t *testing.T) {
	s := newHall(t)
	board, clerk := s.As(s.Users[access.CentreHead]), s.As(s.Users[access.Administrator])
	webtest.Shows(t, board.Get(s.path("/board")), http.StatusOK, "Поки нікого не запрошують", "Чекають 0 людей", `data-reception-sound aria-pressed="false"`)
	s.take(t, s.group, nil)
	s.take(t, s.group, nil)
	clerk.Post(s.path("/window"), url.Values{"act": {"sit"}, "window": {s.second.String()}})
	s.press(t, clerk, "next")
	page := board.Get(s.path("/board"))
	webtest.Shows(t, page, http.StatusOK, "board__row--called", "А\u00a0001</th><td>2</td>", "Чекає 1 людина")
	webtest.Lacks(t, page, "А\u00a0002", s.Users[access.Administrator].Name, s.Users[access.CentreHead].Name)
	s.press(t, clerk, "come")
	page = board.Get(s.path("/board"))
	webtest.Shows(t, page, http.StatusOK, "А\u00a0001</th><td>2</td>")
	webtest.Lacks(t, page, "board__row--called")
}
