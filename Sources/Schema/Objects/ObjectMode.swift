extension ObjectDefinition {
    /// The SQL mode of its creation, where the server keeps one and a session of the profile has
    /// another; nil where nothing has to be said.
    package func ownMode(in profile: ServerProfile) -> String? {
        guard let sqlMode, Self.modes(sqlMode) != Self.modes(profile.sqlMode) else { return nil }
        return sqlMode
    }

    /// `sql`, which makes the object, with its SQL mode in a comment before it where a session of
    /// the profile would run it under another.
    package func underItsMode(_ sql: String, in profile: ServerProfile) -> String {
        Self.marked(sql, ownMode(in: profile))
    }

    /// Servers tell them in an order of their own.
    private static func modes(_ text: String) -> Set<String> {
        Set(text.uppercased().split(separator: ",").map(String.init))
    }
}
