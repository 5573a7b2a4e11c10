// Package radatest is a stand-in for the open data of the Verkhovna Rada, for tests and the demo: cards of acts as JSON, texts of their
// editions as TXT, an ETag that it honours, and the page for people to whoever does not call itself as the rules want. It notes when it was
// asked for what, and can be told to answer wrongly. Only tests and the demo may import this package; it needs nothing but the standard library.
package radatest

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Act is an act that the stand-in knows.
type Act struct {
	Register string // «5203-17»
	Number   string // «5203-VI»
	Title    string
	Adopted  string // YYYYMMDD
	Status   int
	Editions []Edition
}

// Edition is one of its editions.
type Edition struct {
	Day   string // YYYYMMDD
	Bases string // register numbers with commas
	Text  string
}

// Asked is one request as it came.
type Asked struct {
	Path   string
	Header http.Header
	At     time.Time
}

// Server is the stand-in. Make one with New.
type Server struct {
	mu    sync.Mutex
	acts  map[string]Act
	asked []Asked
	wrong http.HandlerFunc
}

// New returns a stand-in that knows the acts.
func New(acts ...Act) *Server {
	s := &Server{acts: map[string]Act{}}
	for _, a := range acts {
		s.Put(a)
	}
	return s
}

// Put adds an act, or changes it.
func (s *Server) Put(a Act) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.acts[a.Register] = a
}

// Fail has every request answered by wrong, until it is called with nil.
func (s *Server) Fail(wrong http.HandlerFunc) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.wrong = wrong
}

// Asked returns what it was asked for so far.
func (s *Server) Asked() []Asked {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.asked)
}

// ServeHTTP answers as the open data do.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	s.asked = append(s.asked, Asked{r.URL.Path, r.Header.Clone(), time.Now()})
	wrong := s.wrong
	s.mu.Unlock()
	switch {
	case wrong != nil:
		wrong(w, r)
	case r.Method != http.MethodGet:
		http.Error(w, "", http.StatusMethodNotAllowed)
	case r.UserAgent() != "OpenData":
		http.Redirect(w, r, "https://zakon.rada.gov.ua/", http.StatusFound)
	case strings.HasPrefix(r.URL.Path, "/laws/card/"):
		s.card(w, r, strings.TrimPrefix(r.URL.Path, "/laws/card/"))
	case strings.HasPrefix(r.URL.Path, "/laws/show/"):
		s.text(w, r, strings.TrimPrefix(r.URL.Path, "/laws/show/"))
	default:
		http.NotFound(w, r)
	}
}

func (s *Server) find(register string) (Act, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	a, known := s.acts[register]
	return a, known
}

func (s *Server) card(w http.ResponseWriter, r *http.Request, name string) {
	register, isJSON := strings.CutSuffix(name, ".json")
	a, known := s.find(register)
	if !known || !isJSON {
		http.NotFound(w, r)
		return
	}
	card := map[string]any{
		"result_code": http.StatusOK, "nreg": a.Register, "nazva": a.Title, "status": a.Status, "organs": "1:" + a.Adopted + ":" + a.Number, "edcnt": len(a.Editions),
	}
	editions := []map[string]any{}
	for _, e := range slices.Backward(a.Editions) {
		day, _ := strconv.Atoi(e.Day)
		editions = append(editions, map[string]any{"datred": day, "pidstava": e.Bases, "size": len(e.Text)})
	}
	card["eds"] = editions
	body, err := json.Marshal(card)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	send(w, r, "application/json; charset=utf-8", body)
}

func (s *Server) text(w http.ResponseWriter, r *http.Request, name string) {
	name, isText := strings.CutSuffix(name, ".txt")
	at := strings.LastIndex(name, "/ed")
	if at < 0 || !isText {
		http.NotFound(w, r)
		return
	}
	a, _ := s.find(name[:at])
	i := slices.IndexFunc(a.Editions, func(e Edition) bool { return e.Day == name[at+len("/ed"):] })
	if i < 0 {
		http.NotFound(w, r)
		return
	}
	send(w, r, "text/plain; charset=utf-8", []byte(a.Editions[i].Text))
}

func send(w http.ResponseWriter, r *http.Request, kind string, body []byte) {
	sum := sha256.Sum256(body)
	tag := `"` + hex.EncodeToString(sum[:8]) + `"`
	w.Header().Set("ETag", tag)
	if r.Header.Get("If-None-Match") == tag {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	w.Header().Set("Content-Type", kind)
	_, _ = w.Write(body) // whoever asked may have gone
}
