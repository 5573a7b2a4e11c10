-- What is wrong in the register may be so with one edition.
alter table law.followed add column problem_on date; -- its day; null: it is so with the act
