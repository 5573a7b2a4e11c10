package web

import (
	"bytes"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"portal.example/shared/fault"
	"portal.example/shared/plain"
)

// FileType is a type of file that may be uploaded: what its name ends in and what its bytes must be.
type FileType struct {
	Name       string   // as people call it: PDF
	Extensions []string // ".pdf"
	MediaType  string
	Matches    func(head []byte) bool
}

// UploadLimits says what an upload may be. Everything but Pace is required.
type UploadLimits struct {
	File  int64 // bytes of one file
	Total int64 // bytes of the whole request
	Files int   // number of files
	Types []FileType
	// Each keeps the files that are fine when another is refused: the form says of each refused one which it was and why.
	// Without it the first refusal ends the reading.
	Each bool
	// Text is how many bytes of text are read, of which a form takes 1 MiB: what is more is refused, and the whole form is read to its end to
	// be shown again with everything that was typed. Zero reads no more than a form takes. For forms of staff.
	Text int64
	Pace Pace // what comes slower is ended; about 8 kB a second when zero
}

// Upload is one file while it is being received.
type Upload struct {
	Field string
	Name  string // the file's own name, without any folders; never use it as a path
	Type  FileType
	Body  io.Reader // fails with a TooLarge fault when the file turns out larger than allowed
	Form  *Form     // the fields that came before the file
}

// uploadTime is how long the slowest phone may take.
const uploadTime = 5 * time.Minute

// ReadUpload reads a multipart form as it arrives, without keeping files in memory or on disk: each is
// handed to store with its type already checked by its first bytes. A file that is refused (type, size,
// number, empty) becomes a problem of its field in the form; whether further ones are handed over says limits.Each. A
// request that says itself that it is too large brings no file at all, only its fields. store
// must undo what it kept when reading from Body fails. An error of store itself ends the reading and is
// returned. Put text fields before file fields on the page: a refusal then keeps what was typed.
func (s *Site) ReadUpload(c *gin.Context, limits UploadLimits, store func(Upload) error) (*Form, error) {
	body := pace(c, limits.Pace)
	room := max(limits.Text, maxFormBytes)
	c.Request.Body = http.MaxBytesReader(c.Writer, body, limits.Total+room)
	parts, err := c.Request.MultipartReader()
	if err != nil {
		return nil, fault.Wrap(fault.Invalid, err, "")
	}
	u := &upload{site: s, c: c, limits: limits, store: store, form: NewForm(nil), room: room}
	SetTyped(c, u.form)
	if limits.Files > 0 && c.Request.ContentLength > limits.Total+room {
		u.tooLarge()
	}
	if err := u.read(parts); err != nil {
		return u.form, err
	}
	if !u.form.OK() {
		// A browser that is still sending when the answer comes shows a broken connection, not the reason.
		_, _ = io.CopyN(io.Discard, body, 4*limits.Total)
	}
	return u.form, nil
}

// pace gives the request the time of an upload and returns its body, which has to come at that pace.
func pace(c *gin.Context, p Pace) *paced {
	if p == (Pace{}) {
		p = slowestUpload
	}
	Extend(c, uploadTime)
	return &paced{
		ReadCloser: rawBody(c), pace: p, end: time.Now().Add(uploadTime),
		setDeadline: http.NewResponseController(c.Writer).SetReadDeadline,
	}
}

// upload is one multipart form being read.
type upload struct {
	site   *Site
	c      *gin.Context
	limits UploadLimits
	store  func(Upload) error
	form   *Form
	files  int
	fields int64 // bytes of all text fields
	room   int64 // how many of them are read
	count  int   // and their number
	wordy  bool  // they are more than a form takes
	over   bool  // no file is taken any more, whatever comes
	ended  bool  // nothing more is read
}

// tooLarge refuses every file that is still to come.
func (u *upload) tooLarge() {
	if !u.over {
		u.over = true
		key, size := "upload.total_too_large", u.limits.Total
		if u.limits.Files == 1 {
			key, size = "upload.one_too_large", u.limits.File
		}
		u.form.Add("", key, u.site.Printer(u.c).FileSize(size))
	}
}

func (u *upload) read(parts *multipart.Reader) error {
	for !u.ended && (u.form.OK() || u.limits.Each || u.over || u.limits.Text > 0) {
		part, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return u.broken(err)
		}
		if err := u.part(part); err != nil {
			return err
		}
	}
	return nil
}

func (u *upload) broken(err error) error {
	var large *http.MaxBytesError
	switch {
	case errors.As(err, &large):
		u.tooLarge()
		u.ended = true
		return nil
	case errors.Is(err, errSlow):
		u.form.Add("", "upload.too_slow")
		u.ended = true
		return nil
	}
	return fault.Wrap(fault.Invalid, err, "")
}

func (u *upload) part(part *multipart.Part) error {
	defer part.Close() //nolint:errcheck // nothing is lost with a part that has been read
	if _, params, _ := mime.ParseMediaType(part.Header.Get("Content-Disposition")); params["filename"] == "" {
		if _, isFile := params["filename"]; isFile {
			return nil // a file field left empty
		}
		return u.field(part)
	}
	return u.file(part)
}

func (u *upload) field(part *multipart.Part) error {
	raw, err := io.ReadAll(io.LimitReader(part, u.room-u.fields+1))
	if err != nil {
		return u.broken(err)
	}
	u.fields += int64(len(raw))
	if u.fields > u.room {
		return fault.New(fault.TooLarge, "")
	}
	name, typed := part.FormName(), string(raw)
	if !isText(typed) || !isText(name) {
		return fault.New(fault.Invalid, "")
	}
	u.form.values.Add(name, readable(name, typed))
	if u.count++; u.count > maxFields && u.limits.Text == 0 || u.count > mostFields {
		return fault.New(fault.TooLarge, "")
	}
	if u.fields > maxFormBytes || u.count > maxFields {
		u.tooWordy()
	}
	return nil
}

// tooWordy says that the form has more text than it takes.
func (u *upload) tooWordy() {
	if !u.wordy {
		u.wordy = true
		u.form.Add("", "upload.too_much_text", u.site.Printer(u.c).FileSize(maxFormBytes))
	}
}

func (u *upload) file(part *multipart.Part) error {
	if u.over || ShowOnly(u.c) || !u.limits.Each && !u.form.OK() {
		return nil
	}
	field, name := part.FormName(), fileName(part.FileName())
	u.files++
	if u.files > u.limits.Files {
		u.form.AddAnother(field, "upload.too_many", name, u.limits.Files)
		return nil
	}
	head := make([]byte, 512)
	n, err := io.ReadFull(part, head)
	switch {
	case errors.Is(err, errSlow):
		u.form.AddAnother(field, "upload.file_too_slow", name)
		u.ended = true
		return nil
	case err != nil && !errors.Is(err, io.ErrUnexpectedEOF) && !errors.Is(err, io.EOF):
		return u.broken(err)
	}
	head = head[:n]
	kind, ok := u.limits.Match(name, head)
	switch {
	case n == 0:
		u.form.AddAnother(field, "upload.empty", name)
		return nil
	case !ok:
		key, args := u.limits.refusal(name, head)
		u.form.AddAnother(field, key, args...)
		return nil
	}
	body := &limited{r: io.MultiReader(bytes.NewReader(head), part), left: u.limits.File}
	err = u.store(Upload{Field: field, Name: plain.FileName(name, kind.Extensions), Type: kind, Body: body, Form: u.form})
	if body.over {
		u.form.AddAnother(field, "upload.too_large", name, u.site.Printer(u.c).FileSize(u.limits.File))
		return nil
	}
	var large *http.MaxBytesError
	switch {
	case errors.Is(err, errSlow):
		u.form.AddAnother(field, "upload.file_too_slow", name)
		u.ended = true
		return nil
	case errors.As(err, &large):
		return u.broken(err)
	}
	return err
}

// Match is the type of a file by its name and its first bytes; false when it is none of those that are taken.
func (l UploadLimits) Match(name string, head []byte) (FileType, bool) {
	ext := strings.ToLower(path.Ext(name))
	for _, t := range l.Types {
		if slices.Contains(t.Extensions, ext) && t.Matches(head) {
			return t, true
		}
	}
	return FileType{}, false
}

// refusal says why a file of no allowed type is refused, and what can be done: a photo of a phone can be saved in
// another format, a file whose name is right may be damaged.
func (l UploadLimits) refusal(name string, head []byte) (key string, args []any) {
	ext := strings.ToLower(path.Ext(name))
	taken := slices.ContainsFunc(l.Types, func(t FileType) bool { return slices.Contains(t.Extensions, ext) })
	if (isPhoto(head) || isPhotoName(ext) && !taken) && slices.ContainsFunc(l.Types, func(t FileType) bool { return t.Name == JPEG.Name }) {
		return "upload.photo", []any{name}
	}
	for _, t := range l.Types {
		if slices.Contains(t.Extensions, ext) {
			return "upload.damaged", []any{name, t.Name}
		}
	}
	return "upload.refused_type", []any{name, l.names()}
}

// isPhoto recognises the formats in which phones keep photos and few programs open them: HEIC, AVIF and WebP.
func isPhoto(head []byte) bool {
	return len(head) >= 12 && (bytes.Equal(head[8:12], []byte("WEBP")) ||
		bytes.Equal(head[4:8], []byte("ftyp")) && slices.Contains([]string{"heic", "heix", "mif1", "msf1", "avif"}, string(head[8:12])))
}

// isPhotoName recognises them by the ending of their name.
func isPhotoName(ext string) bool {
	return slices.Contains([]string{".heic", ".heif", ".avif", ".webp"}, ext)
}

func (l UploadLimits) names() string {
	names := make([]string, len(l.Types))
	for i, t := range l.Types {
		names[i] = t.Name
	}
	return strings.Join(names, ", ")
}

// fileName is the last part of a name that may hold a path of any system, in one line without characters that nobody
// sees (U+202E lets «exe.pdf» stand for «fdp.exe»), cut to a sane length.
func fileName(s string) string {
	s = plain.Line(path.Base(strings.ReplaceAll(s, `\`, "/")))
	if r := []rune(s); len(r) > 150 {
		ext := []rune(path.Ext(s))
		if len(ext) > 10 {
			ext = nil
		}
		s = string(r[:150-len(ext)]) + string(ext)
	}
	return s
}

// limited reads at most left bytes and fails beyond them.
type limited struct {
	r    io.Reader
	left int64
	over bool
}

func (l *limited) Read(p []byte) (int, error) {
	if l.over {
		return 0, fault.New(fault.TooLarge, "")
	}
	n, err := l.r.Read(p)
	if l.left -= int64(n); l.left < 0 {
		l.over = true
		return 0, fault.New(fault.TooLarge, "")
	}
	return n, err
}
