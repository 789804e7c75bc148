import Foundation

/// What lies in a folder of the disk.
enum FolderListing {
    /// The names in `folder`, in no order; none where it is not there.
    ///
    /// Throws `unreadable` where it is there and cannot be listed: that is never an empty folder.
    static func names(in folder: String) throws(GitError) -> [String] {
        do {
            return try FileManager.default.contentsOfDirectory(atPath: folder)
        } catch {
            var status = stat()
            if stat(folder, &status) != 0, errno == ENOENT { return [] }
            throw GitError(
                .unreadable, "\(folder) cannot be listed",
                remedy: "check what it is, and its rights")
        }
    }
}
