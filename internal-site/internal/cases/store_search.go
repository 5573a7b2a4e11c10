package cases

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"portal.example/shared/pg"
	"portal.example/shared/plain"
	"portal.example/shared/ukr"
)

// try is one way to read what somebody searches for: patterns of LIKE that all have to match what is said of a case, which is in
// lower case, without apostrophes, with a space before each of its words and after the last.
type try struct {
	patterns []string
	// fold takes ґ for г and ї for і on both sides.
	fold bool
	// slips are the spellings of one of the words with one letter wrong, which stand for its pattern; nil where all are right.
	slips []string
	// number is the end of the number of a case that the only pattern stands for; "" is none.
	number string
}

// tries are the ways to read q, the plainest first; another is asked only when those before have found nothing: a text that was
// typed in the wrong layout of the keyboard, names whose ґ and ї were heard as г and і, and a word with one letter wrong.
func tries(q string) []try {
	q = plain.Line(q)
	list := []try{{patterns: patternsOf(q), number: numberOf(q)}}
	relaid := plain.Relaid(q)
	if relaid != q {
		list = append(list, try{patterns: patternsOf(relaid)})
	}
	if !strings.ContainsFunc(q, unicode.IsLetter) {
		return list
	}
	patterns := folded(patternsOf(relaid))
	list = append(list, try{patterns: patterns, fold: true})
	for i, p := range patterns {
		if slips := slipsOf(p); slips != nil {
			list = append(list, try{patterns: slices.Delete(slices.Clone(patterns), i, i+1), fold: true, slips: slips})
		}
	}
	return list
}

// minSlip is how long a word has to be so that one letter of it may be wrong: of shorter ones too many others are one letter away.
const minSlip = 5

// slipsOf are the patterns of what may have been meant by a word with one letter wrong, too many, left out, or in its neighbour's
// place. Nil for what is no word.
func slipsOf(pattern string) (slips []string) {
	word := []rune(strings.Trim(pattern, "%"))
	if len(word) < minSlip || slices.ContainsFunc(word, func(r rune) bool { return !isCyrillic(r) }) {
		return nil
	}
	for i := range word {
		before, after := string(word[:i]), string(word[i+1:])
		slips = append(slips, before+"_"+after, before+after, before+"_"+string(word[i:]))
		if i+1 < len(word) {
			slips = append(slips, before+string([]rune{word[i+1], word[i]})+string(word[i+2:]))
		}
	}
	for i := range slips {
		slips[i] = "% " + slips[i] + "%"
	}
	return slips
}

// words are the patterns of a try with what else than the text of a case they are in: names of services and of colleagues.
type words struct {
	list   []word
	fold   bool
	slips  []string
	number string
}

type word struct {
	pattern          string
	services, people []uuid.UUID
}

// near says that one of the words is not what was typed.
func (w words) near() bool { return w.slips != nil }

// sought says whether anything is searched for.
func (w words) sought() bool { return len(w.list) > 0 || w.slips != nil }

// saidSQL is how what is said is compared: in lower case and without apostrophes.
func saidSQL(text string) string {
	return `' ' || translate(lower(` + text + `), ` + "'''’ʼ`'" + `, '') || ' '`
}

// foldedSQL takes ґ for г and ї for і, as the index of what is said of cases does.
func foldedSQL(text string) string { return `translate(` + text + `, 'ґї', 'гі')` }

// inServices and inNames are the patterns as names of services and of colleagues are looked through. A code and a colleague's name are
// looked for from the beginning of a word, the number of a house in neither, and a colleague has no digits.
func inServices(patterns []string) []string {
	return eachPattern(patterns, func(p string) string {
		switch word := strings.Trim(p, "% "); {
		case len(patterns) > 1 && len(word) < minCode && strings.ContainsFunc(word, isDigit):
			return ""
		case strings.ContainsFunc(word, isDigit):
			return "% " + strings.TrimLeft(p, "% ")
		}
		return p
	})
}

func inNames(patterns []string) []string {
	return eachPattern(patterns, func(p string) string {
		if strings.ContainsFunc(p, isDigit) {
			return ""
		}
		return "% " + strings.TrimLeft(p, "% ")
	})
}

// minCode is how many digits of a code say that it is one, among other words.
const minCode = 4

func eachPattern(patterns []string, change func(string) string) []string {
	list := make([]string, len(patterns))
	for i, p := range patterns {
		list[i] = change(p)
	}
	return list
}

func isDigit(r rune) bool { return r >= '0' && r <= '9' }

// wordsOf looks up which services and colleagues the patterns of a try are in. There are few of both.
func wordsOf(ctx context.Context, db pg.Queryer, t try) (words, error) {
	w := words{slips: t.slips, fold: t.fold, number: t.number}
	for _, p := range t.patterns {
		w.list = append(w.list, word{pattern: p})
	}
	if len(w.list) == 0 {
		return w, nil
	}
	as := func(text string) string { return text }
	if t.fold {
		as = foldedSQL
	}
	rows, err := db.Query(ctx, `
		select p.n, true, s.id from unnest($1::text[]) with ordinality p (pattern, n)
		join catalogue.services s on `+as(saidSQL(`concat_ws(' ', s.code, s.name, s.name_en)`))+` like p.pattern
		union all
		select p.n, false, u.id from unnest($2::text[]) with ordinality p (pattern, n)
		join access.users u on `+as(saidSQL(`u.full_name`))+` like p.pattern`, inServices(t.patterns), inNames(t.patterns))
	if err != nil {
		return w, err
	}
	var n int
	var service bool
	var id uuid.UUID
	_, err = pgx.ForEachRow(rows, []any{&n, &service, &id}, func() error {
		if one := &w.list[n-1]; service {
			one.services = append(one.services, id)
		} else {
			one.people = append(one.people, id)
		}
		return nil
	})
	return w, err
}

// lead is a query for the cases that may have all of the words, by the indexes, with those of the words that it has looked for: those that
// are in no other name than what is said of cases, or else one that is in no name of a service. When each word is in some, the query is
// for the cases of which any word is said, or is somebody who works on them, and services are those whose name has all of the words: their
// cases may be many, and the list reads them in its own order.
func (w words) lead(args pgx.NamedArgs) (sql string, which []int, services []uuid.UUID) {
	if w.number != "" {
		args["number_end"] = reversed(w.number) + "%"
		return `select c.id from cases.cases c where reverse(c.number) like @number_end`, []int{0}, nil
	}
	said, which := w.plain(args)
	if w.slips != nil {
		args["slips"] = w.slips
		return `select s.case_id from unnest(@slips::text[]) slip cross join cases.said s where ` +
			strings.Join(append(said, foldedSQL("s.said")+` like slip`), ` and `), which, nil
	}
	if len(said) > 0 {
		return `select s.case_id from cases.said s where ` + strings.Join(said, ` and `), which, nil
	}
	if i := slices.IndexFunc(w.list, func(one word) bool { return len(one.services) == 0 }); i >= 0 {
		return w.besideServices(args, i), []int{i}, nil
	}
	if len(w.list) == 1 {
		return w.besideServices(args, 0), []int{0}, w.list[0].services
	}
	var any []string
	for i := range w.list {
		any = append(any, w.besideServices(args, i))
	}
	return strings.Join(any, ` union all `), nil, w.shared()
}

// besideServices is a query for the cases of which a word is said, or on which somebody of that name works.
func (w words) besideServices(args pgx.NamedArgs, i int) string {
	sql := `select s.case_id from cases.said s where ` + w.said(args, i)
	if people := w.list[i].people; len(people) > 0 {
		name := fmt.Sprintf("led_people%d", i)
		args[name] = people
		sql += ` union all select x.case_id from cases.assignments x where x.person = any(@` + name + `)`
	}
	return sql
}

// shared are the services whose names have all of the words.
func (w words) shared() []uuid.UUID {
	all := slices.Clone(w.list[0].services)
	for _, one := range w.list[1:] {
		all = slices.DeleteFunc(all, func(id uuid.UUID) bool { return !slices.Contains(one.services, id) })
	}
	return all
}

// plain are the conditions of the words that are in no other name than what is said of cases, and which these are.
func (w words) plain(args pgx.NamedArgs) (said []string, which []int) {
	for i, one := range w.list {
		if len(one.services)+len(one.people) == 0 {
			said, which = append(said, w.said(args, i)), append(which, i)
		}
	}
	return said, which
}

// inText are the words without the other names that they are in.
func (w words) inText() words {
	w.list = slices.Clone(w.list)
	for i := range w.list {
		w.list[i].services, w.list[i].people = nil, nil
	}
	return w
}

// condition holds for how a case stands, w, when all words are said of it that it was not found by, looked up for the case; "" when there
// are none. A slip is looked for by lead alone.
func (w words) condition(args pgx.NamedArgs, l led) string {
	sql := ""
	for i, one := range w.list {
		if l.all && slices.Contains(l.said, i) {
			continue
		}
		said := `coalesce((select true from cases.said s where s.case_id = w.case_id and ` + w.said(args, i) + ` limit 1), false)`
		if len(one.services)+len(one.people) > 0 {
			services, people := fmt.Sprintf("services%d", i), fmt.Sprintf("people%d", i)
			args[services], args[people] = one.services, one.people
			said = `(w.service_id = any(@` + services + `) or ` + said + `
				or coalesce((select true from cases.assignments x where x.case_id = w.case_id and x.person = any(@` + people + `) limit 1), false))`
		}
		sql += ` and ` + said
	}
	return sql
}

// said holds when the pattern of a word is in what is said of a case. The index holds the folded text, so that is asked first.
func (w words) said(args pgx.NamedArgs, i int) string { return w.in("s.said", args, i) }

// in holds when the pattern of a word is in a text that was made like what is said of cases.
func (w words) in(text string, args pgx.NamedArgs, i int) string {
	pattern, name := w.list[i].pattern, fmt.Sprintf("word%d", i)
	args[name+"_folded"] = fold(pattern)
	sql := foldedSQL(text) + ` like @` + name + `_folded`
	if !w.fold && strings.ContainsAny(pattern, "ґїгі") {
		args[name] = pattern
		sql += ` and ` + text + ` like @` + name
	}
	return sql
}

// inList holds for a case c when all words are in what lists show of it: its number, its applicant's name, its service and who works on it.
func (w words) inList(args pgx.NamedArgs) string {
	var conditions []string
	for i, one := range w.list {
		condition := w.in("l.shown", args, i)
		if len(one.services)+len(one.people) > 0 {
			services, people := fmt.Sprintf("services%d", i), fmt.Sprintf("people%d", i)
			args[services], args[people] = one.services, one.people
			condition = `(` + condition + ` or c.service_id = any(@` + services + `)
				or exists (select from cases.assignments x where x.case_id = c.id and x.person = any(@` + people + `)))`
		}
		conditions = append(conditions, condition)
	}
	if w.slips != nil {
		args["slips"] = w.slips
		conditions = append(conditions, foldedSQL("l.shown")+` like any(@slips::text[])`)
	}
	return `exists (select from (select ` + saidSQL(`concat_ws(' ', c.number, o.surname, o.given_name, o.patronymic, o.entity)`) + ` as shown
		from cases.applicants o where o.id = c.applicant_id) l where ` + strings.Join(conditions, ` and `) + `)`
}

// numbered is a case's number as people say it: the centre perhaps, the year, and the number without its zeros.
var numbered = regexp.MustCompile(`^(?:(\d{1,4})-)?(20\d\d)-0*(\d{1,6})$`)

// numberOf is the end of the number that q is; "" when it is none.
func numberOf(q string) string {
	m := numbered.FindStringSubmatch(q)
	if m == nil {
		return ""
	}
	return m[1] + "-" + m[2] + "-" + strings.Repeat("0", 6-len(m[3])) + m[3]
}

// reversed is a text of digits and dashes from its end.
func reversed(text string) string {
	letters := []byte(text)
	slices.Reverse(letters)
	return string(letters)
}

// patternsOf reads a number of a case, a telephone number, a document's number, or words.
func patternsOf(q string) []string {
	if number := numberOf(q); number != "" {
		return []string{"%" + number + " %"}
	}
	if phone, ok := plain.Phone(q); ok {
		// Without the code of the country, which is in all cases: the index would read as much of itself as there are.
		return []string{"%" + strings.TrimPrefix(strings.TrimPrefix(phone, "+"), "380") + "%"}
	}
	if p, err := ukr.ParsePassport(q); err == nil && !plain.AllDigits(plain.Compact(q), 9) {
		return []string{"% " + strings.ToLower(strings.ReplaceAll(string(p), " ", "")) + "%"}
	}
	patterns, list := []string{}, pg.LikeWords(q)
	for _, word := range list {
		if len(list) > 1 && len(word) < minCode && plain.AllDigits(word, len(word)) { // a house; anywhere it is in half of all telephone numbers
			patterns = append(patterns, "% "+word+"%")
			continue
		}
		patterns = append(patterns, wordPatterns(word)...)
	}
	return patterns
}

// initials are those of a given name and a patronymic, together or apart.
var initials = regexp.MustCompile(`^(?:\p{L}\.){1,2}$`)

// wordPatterns is a word anywhere, or initials as beginnings of words. A Latin letter among Cyrillic ones is taken for the
// Cyrillic one of its shape.
func wordPatterns(word string) (patterns []string) {
	if initials.MatchString(word) {
		for _, letter := range strings.Split(strings.TrimSuffix(word, "."), ".") {
			patterns = append(patterns, "% "+letter+"%")
		}
		return patterns
	}
	if strings.ContainsFunc(word, isCyrillic) {
		word = strings.ToLower(plain.CyrillicCode(word))
	}
	return []string{"%" + word + "%"}
}

func isCyrillic(r rune) bool { return unicode.Is(unicode.Cyrillic, r) }

func folded(patterns []string) []string {
	out := make([]string, len(patterns))
	for i, p := range patterns {
		out[i] = fold(p)
	}
	return out
}

func fold(text string) string { return strings.NewReplacer("ґ", "г", "ї", "і").Replace(text) }
