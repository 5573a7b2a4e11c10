-- Application forms are versions like cards: prepared, handed in, approved and published by people, and then kept for ever.

alter table catalogue.forms
  add column state        text not null default 'draft' check (state in ('draft', 'approved', 'published', 'withdrawn')),
  add column change_note  text not null default '',
  add column editors      uuid[] not null default '{}',
  add column submitted_at timestamptz,
  add column submitted_by uuid,
  add column approved_at  timestamptz,
  add column approved_by  uuid,
  add column published_at timestamptz,
  add column published_by uuid,
  add column replaced_at  timestamptz,           -- when a newer version took its place; what was on its way is still taken
  add column version      integer not null default 1;

update catalogue.forms set state = case when published then 'published' else 'withdrawn' end,
  published_at = case when published then created_at end;

alter table catalogue.forms add check (published = (state = 'published'));
create unique index forms_one_draft on catalogue.forms (service_id) where state in ('draft', 'approved');

create function catalogue.keep_form() returns trigger language plpgsql as $$
begin
  if old.state <> 'draft' and (new.schema, new.effective_from, new.service_id, new.number)
                            is distinct from (old.schema, old.effective_from, old.service_id, old.number) then
    raise exception 'version % of % is %, its content can no longer change', old.number, tg_table_name, old.state
      using errcode = 'integrity_constraint_violation';
  end if;
  return new;
end $$;
create trigger keep_form before update on catalogue.forms for each row execute function catalogue.keep_form();
