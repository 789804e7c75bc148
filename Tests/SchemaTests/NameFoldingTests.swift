import Testing

@testable import Schema

@Suite("Names of tables are compared as the server's setting says")
struct NameFoldingTests {
    private static let settings: [NameFolding] = ["0", "1", "2"].map(NameFolding.init(setting:))

    @Test(
        "letters as the servers fold them",
        arguments: [
            ("Customers", "customers"), ("_x$1", "_x$1"), ("ÅÄÖ", "åäö"), ("\u{212B}", "å"),
            ("İI", "ii"), ("ẞ", "ẞ"), ("ΌΔΌΣ", "όδόσ"), ("ς", "ς"), ("Ⅷ Ⓐ Ａ", "ⅷ ⓐ ａ"),
            ("ǅ", "ǆ"), ("Ӏ", "Ӏ"), ("Ꭰ", "Ꭰ"), ("Ⴀ", "Ⴀ"), ("Ⱥ", "Ⱥ"), ("ᾈ", "ᾀ"),
            ("\u{10400}", "\u{10400}"),
        ])
    func letters(name: String, lowered: String) {
        #expect(Array(NameFolding.lowered(name).utf8) == Array(lowered.utf8))
        #expect(NameFolding.lowered(lowered) == lowered)
    }

    @Test("what a name is known by")
    func stored() {
        #expect(Self.settings.map { $0.stored("Orders") } == ["Orders", "orders", "orders"])
        #expect(
            Self.settings.map { $0.stored(encoded: "view:Open") }
                == ["view:Open", "view:open", "view:open"])
        // A table whose name begins like a kind.
        #expect(
            Self.settings.map { $0.stored(encoded: "VIEW:x") }
                == ["VIEW:x", "table:view:x", "table:view:x"])
        for kept in ["trigger:T", "procedure:P", "function:F", "event:E"] {
            #expect(Self.settings.allSatisfy { $0.stored(encoded: kept) == kept })
        }
    }

    @Test("a setting that is not known tells no two names apart that might be one")
    func unknown() {
        #expect(NameFolding(setting: "3") == .asGiven)
        #expect(NameFolding(setting: "") == .asGiven)
    }

    @Test(
        "what is one object", arguments: ObjectName.Kind.allCases)
    func keys(kind: ObjectName.Kind) {
        func isOne(_ folding: NameFolding, _ flavour: ServerProfile.Flavour) -> Bool {
            folding.key(ObjectName(kind, "Name"), on: flavour)
                == folding.key(ObjectName(kind, "nAME"), on: flavour)
        }
        let found = Self.settings.flatMap { [isOne($0, .mariadb), isOne($0, .mysql)] }
        switch kind {
        case .table, .view, .sequence: #expect(found == [false, false, true, true, true, true])
        case .trigger: #expect(found == [false, true, true, true, true, true])
        case .procedure, .function, .event: #expect(!found.contains(false))
        }
    }

    @Test("a profile that folds is another one, and one that does not is as it was")
    func profile() {
        var profile = ServerProfile(
            flavour: .mariadb, version: "10.11.1", sqlMode: "", characterSet: "utf8mb4",
            collation: "utf8mb4_bin")
        let plain = profile.digest
        profile.settings = [NameFolding.variable: "0"]
        #expect(NameFolding(profile) == .bytes)
        profile.settings = [NameFolding.variable: "1"]
        #expect(NameFolding(profile) == .lowerCase)
        #expect(profile.digest != plain)
    }

    @Test("a table that a server shows under the letters of the question")
    func shownText() {
        let text = """
            CREATE TABLE `Orders` (
              `Id` int NOT NULL COMMENT 'REFERENCES `Orders`',
              CONSTRAINT `Fk` FOREIGN KEY (`Id`) REFERENCES `Other`.`Customers` (`Id`),
              CONSTRAINT `Fk2` FOREIGN KEY (`Id`) REFERENCES `orders` (`Id`)
            ) ENGINE=InnoDB
            """
        let wanted = text.replacing("TABLE `Orders`", with: "TABLE `orders`")
            .replacing("`Other`.`Customers`", with: "`other`.`customers`")
        let bytes = Array(text.utf8).withUnsafeBufferPointer { FoldedText.ofTable($0) }
        #expect(bytes.map { String(decoding: $0, as: UTF8.self) } == wanted)
        #expect(Array(wanted.utf8).withUnsafeBufferPointer { FoldedText.ofTable($0) } == nil)
    }

    @Test("a trigger's table, and the name of a view, as their server compares them")
    func definitions() throws {
        func stored(_ text: String, _ setting: String) throws -> String {
            try #require(ObjectDefinition(text: text)).stored(by: NameFolding(setting: setting))
                .text
        }
        let trigger = "CREATE TRIGGER Trg BEFORE INSERT ON Customers FOR EACH ROW SET NEW.A = 1"
        #expect(try stored(trigger, "0") == trigger)
        #expect(
            try stored(trigger, "1")
                == "CREATE TRIGGER Trg BEFORE INSERT ON `customers` FOR EACH ROW SET NEW.A = 1")
        #expect(
            try stored("CREATE VIEW `V` AS select `C`.`A`", "2")
                == "CREATE VIEW `v` AS select `C`.`A`")
        let body = "CREATE PROCEDURE `P`() SELECT * FROM Customers"
        #expect(try stored(body, "1") == body)
    }
}
