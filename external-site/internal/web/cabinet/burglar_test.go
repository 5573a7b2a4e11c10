package cabinet_test

import (
	"bytes"
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/base32"
	"encoding/base64"
	"log/slog"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"portal.example/external-site/internal/account"
	"portal.example/external-site/internal/own"
	"portal.example/external-site/internal/submission/submissiontest"
	sitepages "portal.example/external-site/internal/web"
	"portal.example/external-site/internal/web/areatest"
	"portal.example/external-site/internal/web/webtest"
	"portal.example/shared/blob"
	"portal.example/shared/blobtest"
	"portal.example/shared/contract"
	"portal.example/shared/seal"
)

// town is the whole site with a service that can be applied for, where several people have cabinets.
type town struct {
	*site
	region   *submissiontest.Region
	keyFile  string // the installation's key, which a burglar takes with the disk
	inbound  *blob.Bucket
	kept     *blob.Bucket      // documents of accounts
	canaries map[string]string // what nobody may find, and what it is
	later    time.Duration     // how much later it is on the site
}

func openTown(t *testing.T) *town {
	t.Helper()
	p := &town{region: submissiontest.New(t), keyFile: account.NewKeyFile(), canaries: map[string]string{}, inbound: blobtest.Bucket(t, "inbound"), kept: blobtest.Bucket(t, "cabinet")}
	pool, dir := p.region.DB.PoolAs("external_site"), t.TempDir()
	public := filepath.Join(dir, "seal.public")
	if err := submissiontest.Key().Save(filepath.Join(dir, "seal.private"), public); err != nil {
		t.Fatal(err)
	}
	key, err := account.ParseKey(p.keyFile)
	if err != nil {
		t.Fatal(err)
	}
	browser := areatest.NewBrowser(t)
	made, err := sitepages.New(sitepages.Config{
		Replica: pool, Search: pool, Submit: pool, Documents: blobtest.Bucket(t, "documents"), Inbound: p.inbound, SealKey: public,
		Accounts: account.NewStore(account.Options{Pool: pool, Key: key, Costs: []account.Cost{{Memory: 64, Passes: 1}}, Now: p.now}), Now: p.now,
		Shelf:   own.NewShelf(own.Options{Store: own.NewStore(pool, nil), Bucket: p.kept}),
		BaseURL: areatest.BaseURL, Log: slog.New(slog.NewTextHandler(browser.Log, nil)),
	})
	if err != nil {
		t.Fatal(err)
	}
	browser.Handler = made.Engine()
	p.site = &site{&webtest.Site{Browser: browser, DB: p.region.DB}, t}
	p.keepsLog()
	return p
}

func (p *town) now() time.Time { return time.Now().Add(p.later) }

const at = "/apply/" + submissiontest.Code

// begin begins an application with a canary in it.
func (p *town) begin(surname string) {
	p.t.Helper()
	p.canaries[surname] = "a name in a draft"
	first := p.posted(http.StatusSeeOther, at)
	p.posted(http.StatusSeeOther, first, "kind", "person", "surname", surname, "given_name", "Олена", "identified_by", "passport", "passport", "КС 123456")
}

// resident has a cabinet with a matter and a draft in it, and has it open.
func (p *town) resident(login, number, name, surname string) seal.Code {
	p.t.Helper()
	recovery := p.register(login)
	code := p.sentTo(p.region.DB, number)
	p.keep(number, code, name)
	p.begin(surname)
	for secret, what := range map[string]string{
		login: "a login", recovery: "a recovery code", name: "the name of a matter", code.Reveal(): "a secret code", password: "a password",
		strings.ReplaceAll(code.Reveal(), "-", ""): "a secret code", strings.ReplaceAll(recovery, "-", ""): "a recovery code",
	} {
		p.canaries[secret] = what
	}
	return code
}

// tells lets the cabinet be told of its matter by e-mail, at a proven address.
func (p *town) tells(address, proof, number string, code seal.Code) {
	p.t.Helper()
	p.canaries[address], p.canaries[proof] = "an address for notices", "the proof of an address"
	p.registered(number, code)
	field := "m." + strings.TrimPrefix(matterLink.FindString(p.Page("/cabinet")), "/cabinet/matters/")
	p.posted(http.StatusSeeOther, told, "email", address, "quiet", "22-7", "language", "uk", field, "result")
	p.answered(p.fetched(), contract.FollowAsked)
	p.posted(http.StatusSeeOther, told+"/proof", "proof", proof) // and this message waits for the inside
	webtest.Contains(p.t, p.Page(told), address)
}

// stores lets the cabinet keep a document.
func (p *town) stores(name, file, content string) {
	p.t.Helper()
	p.canaries[name], p.canaries[file], p.canaries[content] = "the name of a document", "the name of a file", "a document"
	w := p.Upload("/cabinet/documents", "file", []string{file + ".pdf", "%PDF-1.7 " + content}, "name", name, "kind", "identity")
	if w.Code != http.StatusSeeOther {
		p.t.Fatalf("a document is not kept: %d %s", w.Code, w.Body)
	}
	link := fileLink.FindString(p.Page("/cabinet/documents"))
	webtest.Contains(p.t, p.Page(link), content)
	h := p.give(link, "Для "+name, "30", "3") // and nobody has opened it yet
	p.canaries["Для "+name], p.canaries[strings.TrimPrefix(h.link, "/cabinet/shared/")] = "for whom a link is", "a link to a document"
	p.canaries[h.code], p.canaries[strings.ReplaceAll(h.code, "-", "")] = "the code of a link", "the code of a link"
}

// knows lets the cabinet keep somebody for whom its owner applies.
func (p *town) knows(surname, passport, street string) {
	p.t.Helper()
	p.canaries[surname], p.canaries[passport], p.canaries[street] = "the name of an applicant", "an applicant's document", "an applicant's address"
	p.posted(http.StatusSeeOther, "/cabinet/applicants/new", "kind", "person", "surname", surname, "given_name", "Олена", "identified_by", "passport", "passport", passport,
		"phone", "067 123 45 67", "address", street)
	webtest.Contains(p.t, p.Page("/cabinet/applicants"), surname)
}

// keepsLog keeps every segment of the log until the test ends: the server is shared with other tests, whose checkpoints would remove
// the segments that hold what this one wrote.
func (p *town) keepsLog() {
	p.t.Helper()
	holder, err := pgx.Connect(p.t.Context(), p.region.DB.AdminDSN())
	if err != nil {
		p.t.Fatal(err)
	}
	p.t.Cleanup(func() { _ = holder.Close(context.Background()) }) // which drops the slot
	if _, err := holder.Exec(p.t.Context(), "select pg_create_physical_replication_slot($1, immediately_reserve => true, temporary => true)",
		"burglar_"+strings.ReplaceAll(uuid.NewString(), "-", "")); err != nil {
		p.t.Fatal(err)
	}
}

// loot is everything that the external node keeps: tables row by row, the files of tables, indexes and of the log, and objects.
func (p *town) loot() map[string][]byte {
	p.t.Helper()
	ctx := p.t.Context()
	admin, err := pgx.Connect(ctx, p.region.DB.AdminDSN())
	if err != nil {
		p.t.Fatal(err)
	}
	defer func() { _ = admin.Close(context.Background()) }()
	all := map[string][]byte{}
	take := func(sql string) {
		rows, _ := admin.Query(ctx, sql)
		var name string
		var content []byte
		if _, err := pgx.ForEachRow(rows, []any{&name, &content}, func() error {
			all[name] = append(all[name], content...)
			return nil
		}); err != nil {
			p.t.Fatalf("%s: %v", sql, err)
		}
	}
	for _, sql := range []string{"checkpoint", "select pg_switch_wal()"} {
		if _, err := admin.Exec(ctx, sql); err != nil {
			p.t.Fatal(err)
		}
	}
	take(`select 'file of ' || oid::regclass, pg_read_binary_file(pg_relation_filepath(oid)) from pg_class
		where relkind in ('r', 'i', 't') and relnamespace::regnamespace::text not in ('pg_catalog', 'information_schema') and pg_relation_size(oid) > 0`)
	// Segments from before this test may be removed between the list and the reading of them.
	take(`select 'log ' || name, pg_read_binary_file('pg_wal/' || name, 0, size, true) from pg_ls_waldir() where name ~ '^[0-9A-F]{24}$'`)
	tables, err := pgx.CollectRows(must2(admin.Query(ctx, `select oid::regclass::text from pg_class where relkind = 'r'
		and relnamespace::regnamespace::text not in ('pg_catalog', 'information_schema')`)), pgx.RowTo[string])
	if err != nil {
		p.t.Fatal(err)
	}
	for _, table := range tables {
		take(`select 'rows of ` + table + `', convert_to(t::text, 'UTF8') from ` + table + ` t`)
	}
	for _, bucket := range []*blob.Bucket{p.inbound, p.kept} {
		if err := bucket.Keys(ctx, "", func(i blob.Info) error {
			content, err := bucket.ReadAll(ctx, i.Key, "", 64<<20)
			all["object "+i.Key] = content
			return err
		}); err != nil {
			p.t.Fatal(err)
		}
	}
	all["what the site logged"] = []byte(p.Log.String())
	return all
}

func must2(rows pgx.Rows, _ error) pgx.Rows { return rows }

// The burglar's test: what several people keep in their cabinets stands nowhere on the node once they are gone, and nothing that
// is kept there opens any of it, not even with the key of the installation. A session's cookies open one account, and no other.
func TestABurglarReadsNothing(t *testing.T) {
	p := openTown(t)
	p.resident("olena.kanareyko@ukr.example", "R-1234-5678-9092", "Субсидія мамі-канарейці", "Канарейченко")
	p.stores("Паспорт канарейчихи", "kanareyka-pasport", "Канаркова-Жовта 17")
	p.posted(http.StatusSeeOther, "/cabinet/sign-out")
	p.Forget()
	code := p.resident("+380671234599", "R-9999-5678-9070", "Канарський паспорт", "Канаренко")
	webtest.Contains(t, p.Page("/cabinet"), "Канарський паспорт", "Ще не подано")
	p.tells("kanarka@ukr.example", "KANA2RKA", "R-9999-5678-9070", code)
	p.knows("Канарівна", "ЖК 918273", "Пташина-Канаркова 8")
	p.stores("Довідка про канарок", "dovidka-kanarok", "Канарчукова-Зелена 5")
	open := p.Remember()
	secret := p.guard()
	p.canaries[strings.ReplaceAll(secret, " ", "")] = "the secret of an app"
	raw, err := base32.StdEncoding.DecodeString(strings.ReplaceAll(secret, " ", ""))
	if err != nil {
		t.Fatal(err)
	}
	p.canaries[string(raw)] = "the secret of an app"
	p.canaries[base64.StdEncoding.EncodeToString(raw)] = "the secret of an app"
	p.Forget()
	p.posted(http.StatusSeeOther, "/cabinet/sign-in", "login", "067 123 45 99", "password", password) // and somebody has the password, and no code
	stolen := p.loot()
	finds(t, stolen, p.canaries)
	var logged []byte
	for name, content := range stolen {
		if strings.HasPrefix(name, "log ") {
			logged = append(logged, content...)
		}
	}
	for name, content := range map[string][]byte{"rows": stolen["rows of account.receipts"], "files": stolen["file of account.receipts"], "log": logged} {
		if !bytes.Contains(content, []byte("R-1234-5678-9092")) { // which is no secret
			t.Fatalf("the search in %s finds nothing at all", name)
		}
	}
	if opened := p.openWith(t, candidates(stolen, p)); opened != 0 {
		t.Errorf("%d keys of accounts open with what lies there", opened)
	}
	// With the cookies of the session that is open everything of that account opens, and nothing of the other.
	p.Forget()
	open()
	page := p.Page("/cabinet/account/everything.json")
	webtest.Contains(t, page, "Канарський паспорт", code.Reveal(), "+380671234599")
	webtest.Lacks(t, page, "Субсидія", "olena")
	webtest.Contains(t, page, "Довідка про канарок")
	webtest.Lacks(t, page, "Паспорт канарейчихи")
	locks := sessionLocks(p)
	if opened := p.openWith(t, locks); opened != 1 {
		t.Errorf("the session's cookies open %d wrapped keys, want 1", opened)
	}
	p.posted(http.StatusSeeOther, "/cabinet/sign-out")
	if opened := p.openWith(t, locks); opened != 0 {
		t.Errorf("after signing out they open %d", opened)
	}
	open()
	if w := p.Get("/cabinet/account/everything.json"); w.Code != http.StatusSeeOther {
		t.Errorf("after signing out the cookies still open a page: %d", w.Code)
	}
	p.Forget()
	p.posted(http.StatusSeeOther, "/cabinet/sign-in", "login", "067 123 45 99", "password", password)
	p.posted(http.StatusSeeOther, "/cabinet/sign-in/code", "code", p.appCode(secret, 1))
	p.posted(http.StatusSeeOther, "/cabinet/account/erase")
	p.Forget()
	finds(t, p.loot(), p.canaries)
	for table, want := range map[string]int{"accounts": 1, "codes": 0, "waiting": 0, "applicants": 0} {
		var left int
		if err := p.region.DB.Pool.QueryRow(t.Context(), `select count(*) from account.`+table).Scan(&left); err != nil || left != want {
			t.Errorf("%d %s left: %v", left, table, err)
		}
	}
	objects := 0
	if err := p.kept.Keys(t.Context(), "", func(blob.Info) error { objects++; return nil }); err != nil || objects != 1 {
		t.Errorf("%d documents left in the store, want the other account's one: %v", objects, err)
	}
}

// finds fails the test for each canary in what was stolen, as it is, in hexadecimal and in base64.
func finds(t *testing.T, stolen map[string][]byte, canaries map[string]string) {
	t.Helper()
	for secret, what := range canaries {
		for _, form := range []string{secret, strings.ToLower(secret), hexOf(secret), base64.RawURLEncoding.EncodeToString([]byte(secret))} {
			for where, content := range stolen {
				if bytes.Contains(content, []byte(form)) {
					t.Errorf("%s holds %s", where, what)
				}
			}
		}
	}
}

func hexOf(s string) string {
	const digits = "0123456789abcdef"
	var b strings.Builder
	for i := range len(s) {
		b.WriteString(string(digits[s[i]>>4]) + string(digits[s[i]&15]))
	}
	return b.String()
}

// candidates are all keys that the node keeps: each 32 bytes of its tables that could be one, and the installation's.
func candidates(stolen map[string][]byte, p *town) (keys [][]byte) {
	for name, content := range stolen {
		if !strings.HasPrefix(name, "file of account.") {
			continue
		}
		for i := 0; i+32 <= len(content); i++ {
			if content[i] != 0 && content[i+31] != 0 {
				keys = append(keys, content[i:i+32])
			}
		}
	}
	_, encoded, _ := strings.Cut(strings.TrimSpace(p.keyFile), " ")
	raw, err := base64.StdEncoding.DecodeString(encoded)
	if err != nil || len(raw) != 32 {
		p.t.Fatalf("the installation's key: %v", err)
	}
	return append(keys, raw)
}

// sessionLocks are the keys that the browser's cookies make.
func sessionLocks(p *town) (keys [][]byte) {
	values := map[string]string{}
	for _, c := range p.Held("/cabinet") {
		values[strings.TrimPrefix(strings.TrimPrefix(c.Name, "__Host-"), "__Secure-")] = c.Value
	}
	handle, err := base64.RawURLEncoding.DecodeString(values["cabinet"])
	if err != nil {
		p.t.Fatal(err)
	}
	secret, err := base64.RawURLEncoding.DecodeString(values["cabinet_key"])
	if err != nil {
		p.t.Fatal(err)
	}
	lock, err := hkdf.Key(sha256.New, secret, handle, "portal account v1: session", 32) // as the site does
	if err != nil {
		p.t.Fatal(err)
	}
	return [][]byte{lock}
}

// openWith tries every key on every wrapped key of an account, and says how many of these open.
func (p *town) openWith(t *testing.T, keys [][]byte) (opened int) {
	t.Helper()
	rows, err := p.region.DB.Pool.Query(t.Context(), `select account_id, wrapped from account.ways union all select account_id, wrapped from account.sessions
		union all select account_id, wrapped from account.waiting`)
	if err != nil {
		t.Fatal(err)
	}
	type wrapped struct {
		account uuid.UUID
		bytes   []byte
	}
	list, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (w wrapped, err error) {
		err = row.Scan(&w.account, &w.bytes)
		return w, err
	})
	if err != nil || len(list) == 0 {
		t.Fatalf("%d wrapped keys: %v", len(list), err)
	}
	for _, key := range keys {
		block, err := aes.NewCipher(key)
		if err != nil {
			t.Fatal(err)
		}
		aead, err := cipher.NewGCMWithRandomNonce(block)
		if err != nil {
			t.Fatal(err)
		}
		for _, w := range list {
			if _, err := aead.Open(nil, nil, w.bytes, w.account[:]); err == nil {
				opened++
			}
		}
	}
	return opened
}
