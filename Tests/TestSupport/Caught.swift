import Testing

/// The `Failure` that `body` throws; nil when it throws nothing.
///
/// Any other error fails the test at the place of the call, so that no test takes it for success.
package func caught<Failure: Error>(
    _ type: Failure.Type = Failure.self,
    at location: Testing.SourceLocation = #_sourceLocation, _ body: () throws -> Void
) -> Failure? {
    do {
        try body()
        return nil
    } catch let failure as Failure {
        return failure
    } catch {
        Issue.record("not a \(Failure.self): \(error)", sourceLocation: location)
        return nil
    }
}
