/// A function that is kept where it may be replaced, such as in a ``Lock``.
///
/// A function that a generic container keeps by itself is wrapped anew each time that it is read:
/// after some thousand readings a call of it overflows the stack. In a structure it stays as it is.
package struct Hook<Argument, Result>: Sendable {
    package let call: @Sendable (Argument) -> Result

    package init(_ call: @escaping @Sendable (Argument) -> Result) { self.call = call }
}
