package deps

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// inGo are the files in which Ukrainian may stand in Go code, each with the reason why it is no word of a page.
var inGo = map[string]string{
	"internal-site/internal/catalogue/rules.go":         "the letters that the code of a service may have",
	"internal-site/internal/demo/":                      "content of the fictional region",
	"shared/password/easy.go":                           "rows of keyboards that easy passwords follow",
	"internal-site/internal/importing/clean/letters.go": "letters that look like Latin ones",
	"internal-site/internal/importing/katottg/parse.go": "headings of the official file",
	"internal-site/internal/importing/services/acts.go": "how legal acts are called, to recognise them",
	"internal-site/internal/opendata/rules.go":          "how entrepreneurs are called, to recognise them",
	"internal-site/cmd/internal-site/import_katottg.go": "the name of the codifier",
	"external-site/internal/search/":                    "rows of keyboards, letters that look alike, a word to warm up with",
	"internal-site/internal/cases/store_search.go":      "letters that people write for one another",
	"shared/plain/day.go":                               "how people write the year and the names of months",
	"shared/plain/layout.go":                            "the letters of a keyboard, in the order of its keys",
	"shared/plain/number.go":                            "letters that look like Latin ones",
	"shared/locale/check.go":                            "nouns that need plural forms after a number",
	"shared/signature/signaturetest/":                   "names of people and authorities for tests",
	"shared/ukr/passport.go":                            "the letters of series of documents",
	"internal-site/internal/rada/":                      "the letters of register numbers, the sentence that stands for a text that is still being made",
	"shared/web/language.go":                            "the languages name themselves",
}

var ukrainian = regexp.MustCompile(`[а-яіїєґА-ЯІЇЄҐ’]{4,}`)

// Whatever people read stands in YAML in both languages, where tests see that it is complete.
func TestNoUkrainianWordsInGoCode(t *testing.T) {
	used := map[string]bool{}
	for _, module := range modules {
		for _, s := range sources(t, module) {
			if s.test() || s.importsAny("testing") != "" {
				continue
			}
			for _, word := range wordsIn(t, s.path) {
				place := reasoned(s.path)
				if place == "" {
					t.Errorf("%s: %q belongs into the words of its domain", s.path, word)
				}
				used[place] = true
			}
		}
	}
	for place := range inGo {
		if !used[place] {
			t.Errorf("%s has no Ukrainian word any more; take it off the list", place)
		}
	}
}

// reasoned is the entry of inGo that covers a file.
func reasoned(path string) string {
	for place := range inGo {
		if path == place || strings.HasSuffix(place, "/") && strings.HasPrefix(path, place) {
			return place
		}
	}
	return ""
}

// wordsIn returns the string literals of a file that hold a Ukrainian word.
func wordsIn(t *testing.T, path string) (found []string) {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), filepath.Join(root(), path), nil, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	ast.Inspect(file, func(n ast.Node) bool {
		literal, ok := n.(*ast.BasicLit)
		if !ok || literal.Kind != token.STRING {
			return true
		}
		if value, err := strconv.Unquote(literal.Value); err == nil && ukrainian.MatchString(value) {
			found = append(found, value)
		}
		return true
	})
	return found
}
