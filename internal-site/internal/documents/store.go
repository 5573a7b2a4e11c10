package documents

import (
	"cmp"
	"context"
	"errors"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"portal.example/shared/fault"
	"portal.example/shared/pg"
)

const columns = `id, purpose, title, title_en, file_name, media_type, size, sha256, bucket, object_key,
	service_id, case_id, uploaded_by, uploaded_at, notes, published, original_id, signs_id, withdrawn_at, withdrawn_why`

// Insert adds f to the register within the caller's transaction. Its bytes must be in the store already,
// so that no row ever names an object that is not there.
func Insert(ctx context.Context, tx pg.Execer, f File) error {
	_, err := tx.Exec(ctx, insertFile, insertArgs(f)...)
	return pg.Fault("insert file", err)
}

// QueueInsert is Insert in a batch of the caller's transaction.
func QueueInsert(batch *pgx.Batch, f File) { batch.Queue(insertFile, insertArgs(f)...) }

const insertFile = `
	insert into documents.files (id, purpose, title, title_en, file_name, media_type, size, sha256, bucket, object_key,
		service_id, case_id, uploaded_by, notes, published, original_id, signs_id)
	values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)`

func insertArgs(f File) []any {
	return []any{
		f.ID, f.Purpose, f.Title, f.TitleEN, f.FileName, f.MediaType, f.Size, f.SHA256, cmp.Or(f.Bucket, BucketDocuments), f.ObjectKey,
		f.ServiceID, f.CaseID, f.UploadedBy, f.Notes, f.Published, f.OriginalID, f.SignsID,
	}
}

// Get returns one file of the register.
func Get(ctx context.Context, db pg.Queryer, id uuid.UUID) (File, error) {
	rows, _ := db.Query(ctx, `select `+columns+` from documents.files where id = $1`, id)
	f, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByPos[File])
	return f, pg.Fault("get file", err)
}

// OfCase returns the files of a case, oldest first.
func OfCase(ctx context.Context, db pg.Queryer, caseID uuid.UUID) ([]File, error) {
	rows, _ := db.Query(ctx, `select `+columns+` from documents.files where case_id = $1 order by uploaded_at, id`, caseID)
	files, err := pgx.CollectRows(rows, pgx.RowToStructByPos[File])
	return files, pg.Fault("files of case", err)
}

// WithdrawResults takes results back, and their signatures with them: they stay in the register and leave no more. It returns how many
// originals it were, signatures not counted.
func WithdrawResults(ctx context.Context, tx pgx.Tx, out Withdrawal) (n int, err error) {
	err = tx.QueryRow(ctx, `
		with taken as (
			update documents.files set withdrawn_at = $2, withdrawn_by = $3, withdrawn_why = $4, published = false
			where case_id = $1 and withdrawn_at is null and purpose in ('result', 'sealed_result')
				and ($5::uuid is null or $5 in (id, original_id, signs_id))
			returning id, purpose, signs_id), gone as (
			update documents.issued set withdrawn_on = ($2::timestamptz at time zone 'Europe/Kyiv')::date
			where withdrawn_on is null and file_id in (select id from taken))
		select count(*) from taken where purpose = 'result' and signs_id is null`, out.CaseID, out.At, out.By, out.Why, pg.NullUUID(out.Original)).Scan(&n)
	return n, pg.Fault("withdraw results", err)
}

// LockSignable holds the row of a valid result of the case until the transaction ends, so that nobody takes it back while a signature
// is added to it. A fault of kind Conflict when there is no such result, or it has maxSignatures already.
func LockSignable(ctx context.Context, tx pgx.Tx, caseID, id uuid.UUID) error {
	var signatures int
	err := tx.QueryRow(ctx, `select (select count(*) from documents.files s where s.signs_id = f.id and s.purpose = 'result') from documents.files f
		where f.id = $1 and f.case_id = $2 and f.purpose = 'result' and f.signs_id is null and f.withdrawn_at is null for update`, id, caseID).Scan(&signatures)
	switch {
	case errors.Is(err, pgx.ErrNoRows):
		return fault.New(fault.Conflict, "documents.not_signable")
	case err == nil && signatures >= maxSignatures:
		return fault.New(fault.Conflict, "documents.too_many_signatures")
	}
	return pg.Fault("lock what is signed", err)
}

// maxSignatures is how many signatures one result can have.
const maxSignatures = 20

// TemplatesOf returns the forms and samples of a service by title.
func TemplatesOf(ctx context.Context, db pg.Queryer, serviceID uuid.UUID) ([]File, error) {
	rows, _ := db.Query(ctx, `select `+columns+` from documents.files
		where service_id = $1 and purpose = 'template' order by title, id`, serviceID)
	files, err := pgx.CollectRows(rows, pgx.RowToStructByPos[File])
	return files, pg.Fault("templates of service", err)
}

// Publish makes templates and samples visible outside, or takes them back.
func Publish(ctx context.Context, tx pg.Execer, ids []uuid.UUID, published bool) error {
	_, err := tx.Exec(ctx, `update documents.files set published = $2
		where id = any($1) and purpose in ('template', 'sample') and published <> $2`, ids, published)
	return pg.Fault("publish templates", err)
}

// DropTemplates takes templates that are not published out of the register and returns which they were. Their objects are
// SweepTemplates' to remove, once the caller's transaction is committed.
func DropTemplates(ctx context.Context, tx pg.Queryer, ids []uuid.UUID) ([]uuid.UUID, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	rows, _ := tx.Query(ctx, `select documents.drop_templates($1)`, ids)
	dropped, err := pgx.CollectRows(rows, pgx.RowTo[uuid.UUID])
	return dropped, pg.Fault("drop templates", err)
}

// unregistered returns those of the keys that no row of the register names.
func unregistered(ctx context.Context, db pg.Queryer, keys []string) ([]string, error) {
	rows, _ := db.Query(ctx, `select key from unnest($1::text[]) key
		where not exists (select from documents.files where bucket = $2 and object_key = key)`, keys, BucketDocuments)
	left, err := pgx.CollectRows(rows, pgx.RowTo[string])
	return left, pg.Fault("find objects that no file names", err)
}

// rolledBack says whether cause came before the commit: from our own rules, or from a server that still answers.
func rolledBack(cause error) bool {
	switch fault.KindOf(cause) {
	case fault.Unavailable:
		return false
	case fault.Internal:
		return pg.Code(cause) != ""
	}
	return true
}
