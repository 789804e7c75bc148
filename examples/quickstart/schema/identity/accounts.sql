CREATE TABLE accounts (
  id           BINARY(16) NOT NULL,
  handle       VARCHAR(64) NOT NULL,
  failed_tries INT UNSIGNED NOT NULL DEFAULT 0,
  PRIMARY KEY (id),
  UNIQUE KEY by_handle (handle)
);
