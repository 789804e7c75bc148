import Schema

extension ConnectionSettings {
    /// These settings with what the option file adds.
    func withOptionFile(server: ServerAddress) throws(MySQLError) -> ConnectionSettings {
        guard let optionFile else { return self }
        throw MySQLError(
            kind: .configuration, message: "option file \(optionFile): not supported yet",
            server: server)
    }
}
