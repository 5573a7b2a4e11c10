package apply_test

import (
	"net/http"
	"regexp"
	"strings"
	"testing"
)

var (
	unsignOf = regexp.MustCompile(`href="(` + at + `/signature/[^"]+)"`)
	removeOf = regexp.MustCompile(`name="remove" value="([^"]+)"`)
)

const signed = "\x30\x80 a signature"

// signedAndReplaced is an application whose file was signed, with a second one, and then replaced by another of its name.
func (b *browser) signedAndReplaced() {
	b.t.Helper()
	b.upToDocuments()
	b.expect(b.upload("", "паспорт.pdf", "%PDF-1.7 canary", "паспорт.pdf.p7s", signed), at+"/check")
	b.shows(b.get(at+"/check"), "паспорт.pdf.p7s", "підпис файлу «паспорт.pdf»")
	documents := b.get(at + "/step/documents")
	b.shows(documents, "підпис файлу «паспорт.pdf»")
	b.expect(read(b.Upload(at+"/step/documents", "identity_document", nil, "remove", removeOf.FindStringSubmatch(documents.body)[1])), at+"/step/documents")
	b.shows(b.get(at+"/step/documents"), "підпис файлу «паспорт.pdf», якого тут уже немає")
	b.expect(b.upload("", "паспорт.pdf", "%PDF-1.7 another"), at+"/check")
}

// A signature of a file that was replaced says so, and goes alone: answers and other files stay, and it is sent without it.
func TestASignatureThatFitsNoMoreIsRemovedAlone(t *testing.T) {
	b := open(t)
	b.signedAndReplaced()
	check := b.get(at + "/check")
	b.shows(check, "підпис попереднього файлу «паспорт.pdf»", "Видаліть цей підпис", "підпис недійсний: «Файл не є", "Канарейченко")
	path := unsignOf.FindStringSubmatch(check.body)[1]
	b.shows(b.get(path), "Видалити підпис паспорт.pdf.p7s?", "нового файлу цей підпис не підтверджує", "Цей підпис недійсний: «Файл не є електронним підписом або пошкоджений».", "Решта заяви залишиться")
	b.shows(b.get(path+"&lang=en"), "Remove the signature", "does not confirm")
	b.get(path + "&lang=uk")
	if p := b.post(path); !strings.Contains(p.to, at+"/check?") || !strings.Contains(p.to, "unsigned=1") {
		t.Fatalf("%d to %q", p.status, p.to)
	}
	after := b.get(at + "/check?unsigned=1")
	b.shows(after, "Підпис видалено", "паспорт.pdf", "Канарейченко", "с. Лугове")
	if strings.Contains(after.body, ".p7s") || unsignOf.MatchString(after.body) {
		t.Error("the signature is still there")
	}
	for _, p := range []page{b.get(path), b.post(path)} { // pressed twice, or opened again
		b.expect(p, at+"/check")
	}
	b.expect(b.post(at+"/check", "consent", "true"), at+"/receipt")
}

// Whoever keeps a signature that fits no more may send it all the same, and no document goes by the address of a signature.
func TestDocumentsDoNotGoAsSignatures(t *testing.T) {
	b := open(t)
	b.signedAndReplaced()
	ids := removeOf.FindAllStringSubmatch(b.get(at+"/step/documents").body, -1)
	if len(ids) != 2 {
		t.Fatalf("%d files", len(ids))
	}
	path := unsignOf.FindStringSubmatch(b.get(at + "/check").body)[1]
	for _, id := range ids {
		if !strings.Contains(path, id[1]) {
			b.post(at + "/signature/" + id[1])
		}
	}
	if p := b.get(at + "/step/documents"); p.status != http.StatusOK || len(removeOf.FindAllString(p.body, -1)) != 2 {
		t.Errorf("%d, and files are missing", p.status)
	}
	b.expect(b.post(at+"/check", "consent", "true"), at+"/receipt")
}
