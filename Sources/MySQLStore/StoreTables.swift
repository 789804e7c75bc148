import Basics

/// The tables of a store, in a database of their own or beside others.
///
/// Rows of leases and of their heartbeats are apart, so that heartbeats do not collide with
/// transitions. An object is kept in parts, since a server takes no statement that is larger than
/// its `max_allowed_packet`.
enum StoreTables {
    /// Two rows, since who takes a lease and who writes must not wait for each other: the first has
    /// the version of the layout, and who locks it has the turn to write; the second has the last
    /// token that was given out.
    static let store = "plumb_store"
    static let objects = "plumb_objects"
    static let references = "plumb_references"
    static let leases = "plumb_leases"
    static let heartbeats = "plumb_heartbeats"
    static let writes = "plumb_writes"

    /// What makes them; the row of the store comes last, so that a store without it is none.
    static let statements = [
        """
        CREATE TABLE IF NOT EXISTS \(objects) (
          id BINARY(20) NOT NULL COMMENT 'the SHA-1 of git for kind and bytes',
          part INT UNSIGNED NOT NULL COMMENT 'from 0, in the order of the bytes',
          kind VARCHAR(6) CHARACTER SET ascii NOT NULL COMMENT 'commit, tree, blob or tag',
          length BIGINT UNSIGNED NOT NULL COMMENT 'of the whole object',
          bytes MEDIUMBLOB NOT NULL,
          PRIMARY KEY (id, part)
        ) ENGINE=InnoDB ROW_FORMAT=DYNAMIC COMMENT='Plumb: what the ledger is made of'
        """,
        """
        CREATE TABLE IF NOT EXISTS \(references) (
          name VARBINARY(255) NOT NULL,
          target BINARY(20) NOT NULL,
          PRIMARY KEY (name)
        ) ENGINE=InnoDB ROW_FORMAT=DYNAMIC COMMENT='Plumb: where each environment stands'
        """,
        """
        CREATE TABLE IF NOT EXISTS \(leases) (
          name VARBINARY(255) NOT NULL,
          token BIGINT NOT NULL COMMENT 'greater with each lease, never the same twice',
          owner VARBINARY(2048) NOT NULL COMMENT 'who took it and for what',
          taken DATETIME(6) NOT NULL COMMENT 'UTC',
          held TINYINT NOT NULL COMMENT '0 once it was given back',
          node VARBINARY(512) NOT NULL COMMENT 'the server on which the session of its owner is',
          holder BINARY(16) NOT NULL COMMENT 'which its owner chose by chance',
          writes BIGINT NOT NULL COMMENT 'transitions under this lease',
          PRIMARY KEY (name),
          UNIQUE KEY (token)
        ) ENGINE=InnoDB ROW_FORMAT=DYNAMIC COMMENT='Plumb: who may write to what'
        """,
        """
        CREATE TABLE IF NOT EXISTS \(heartbeats) (
          name VARBINARY(255) NOT NULL,
          token BIGINT NOT NULL,
          renewed DATETIME(6) NOT NULL COMMENT 'UTC',
          PRIMARY KEY (name),
          UNIQUE KEY (token)
        ) ENGINE=InnoDB ROW_FORMAT=DYNAMIC COMMENT='Plumb: signs of life of leases'
        """,
        """
        CREATE TABLE IF NOT EXISTS \(writes) (
          number BINARY(16) NOT NULL COMMENT 'which a writer chose by chance',
          happened TINYINT NOT NULL COMMENT '0 where the writer gave it up',
          written DATETIME(6) NOT NULL COMMENT 'UTC',
          PRIMARY KEY (number),
          KEY (written)
        ) ENGINE=InnoDB ROW_FORMAT=DYNAMIC COMMENT='Plumb: transitions of the last day'
        """,
        """
        CREATE TABLE IF NOT EXISTS \(store) (
          id TINYINT NOT NULL,
          version BIGINT NOT NULL COMMENT 'of the layout of the trees',
          token BIGINT NOT NULL COMMENT 'the last one given out',
          PRIMARY KEY (id)
        ) ENGINE=InnoDB ROW_FORMAT=DYNAMIC COMMENT='Plumb: the ledger itself'
        """,
    ]

    /// Bytes as a literal, whatever the session's settings.
    static func literal(_ bytes: some Sequence<UInt8>) -> String {
        var text = Array("x'".utf8)
        for byte in bytes {
            text.append(digits[Int(byte >> 4)])
            text.append(digits[Int(byte & 15)])
        }
        text.append(UInt8(ascii: "'"))
        return String(decoding: text, as: UTF8.self)
    }

    static func literal(_ text: String) -> String { literal(text.utf8) }

    static func literal(_ id: ObjectID) -> String { "x'\(id.hex)'" }

    private static let digits = Array("0123456789abcdef".utf8)
}
