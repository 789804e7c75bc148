/// The release.
enum Version {
    static let current = "0.1.0"
    /// The day of the release, as man pages show it.
    static let day = "November 30, 2026"
}
