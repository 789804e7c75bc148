import Testing

@testable import Schema

@Suite("The catalog's tables")
struct CatalogTableTests {
    private let plain = "CREATE TABLE `t` (\n  `a` int(11) DEFAULT NULL\n) ENGINE=InnoDB"

    @Test func supported() throws {
        let table = CatalogTable(canonicalText: plain, flavour: .mariadb)
        #expect(table.unsupported == nil)
        #expect(table.text == plain)
        #expect(table.digest == Digest(of: plain))
        #expect(table.table?.columns == [Column(name: "a", type: "int(11)", defaultValue: "NULL")])
    }

    @Test("A text that is not printed back byte for byte is no table to alter")
    func roundTripGuard() {
        let text = plain.replacing("int(11) DEFAULT", with: "int(11)  DEFAULT")
        let table = CatalogTable(canonicalText: text, flavour: .mariadb)
        #expect(table.table == nil)
        #expect(
            table.unsupported
                == "its definition cannot be written back exactly: line 2, column 15, from "
                + "` DEFAULT NULL` on")
    }

    @Test func notUnderstood() {
        let table = CatalogTable(canonicalText: plain + " 7", flavour: .mariadb)
        #expect(table.table == nil)
        #expect(
            table.unsupported
                == "its definition is not understood: 3:17: `7` stands where a table option was "
                + "expected")
    }

    @Test func notUTF8() {
        let bytes = Array(plain.utf8).map { $0 == UInt8(ascii: "a") ? 0xFF : $0 }
        let table = CatalogTable(canonicalText: bytes, flavour: .mariadb)
        #expect(table.table == nil)
        #expect(table.unsupported == "its definition is not UTF-8")
        #expect(table.digest == Digest(of: bytes))
    }

    @Test("The counter is no part of the digest")
    func counterIsState() {
        let counted = plain + " AUTO_INCREMENT=77 DEFAULT CHARSET=latin1"
        let bare = plain + " DEFAULT CHARSET=latin1"
        #expect(CanonicalText.digest(Array(counted.utf8)) == Digest(of: bare))
        let table = Array(counted.utf8).withUnsafeBufferPointer {
            CatalogTable(showCreate: $0, flavour: .mariadb)
        }
        #expect(table.text == bare)
        #expect(table.digest == Digest(of: bare))
    }

    struct Counter: Sendable {
        let text: String
        let canonical: String?
        let counter: UInt64?
        init(_ text: String, _ canonical: String? = nil, _ counter: UInt64? = nil) {
            self.text = text
            self.canonical = canonical
            self.counter = counter
        }
    }

    @Test(arguments: [
        Counter(
            "CREATE TABLE `t` (\n) ENGINE=X AUTO_INCREMENT=5 C=1",
            "CREATE TABLE `t` (\n) ENGINE=X C=1", 5),
        Counter("(`a` int) AUTO_INCREMENT=5", "(`a` int)", 5),
        Counter("(`a` int COMMENT ') AUTO_INCREMENT=5') ENGINE=X"),
        Counter(#"(`a` int COMMENT '\') AUTO_INCREMENT=5') ENGINE=X"#),
        Counter("(`a` int COMMENT ''') AUTO_INCREMENT=5') ENGINE=X"),
        Counter("(`) AUTO_INCREMENT=5` int) ENGINE=X"),
        Counter("(`a` enum('(',')') AUTO_INCREMENT=5) ENGINE=X"),
        Counter("(`a` int) ENGINE=X COMMENT=' AUTO_INCREMENT=5'"),
        Counter("(`a` int) COMMENT='b' AUTO_INCREMENT=7", "(`a` int) COMMENT='b'", 7),
        Counter("(`a` int) AUTO_INCREMENT=x"),
        Counter("(`a` int) AUTO_INCREMENT="),
        Counter("(`a` int) AUTO_INCREMENT=99999999999999999999"),
        Counter("(`a` int) ENGINE=X\n PARTITION BY x AUTO_INCREMENT=5"),
        Counter("(`a"),
        Counter("(`a` 'b\\"),
        Counter(""),
    ])
    func strips(example: Counter) {
        let found = strip(example.text)
        #expect(String(decoding: found.bytes, as: UTF8.self) == example.canonical ?? example.text)
        #expect(found.counter == example.counter)
    }
}
