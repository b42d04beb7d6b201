namespace Brink.Lab;

/// <param name="Name">What was computed.</param>
/// <param name="Right">Whether every case was within its tolerance.</param>
/// <param name="Error">The largest relative error.</param>
/// <param name="WrongCases">Which cases are wrong, where not all are.</param>
/// <param name="Cure">How Brink avoids every wrong case; null where it does not.</param>
public sealed record SelfTestResult(string Name, bool Right, double Error, string WrongCases, string? Cure);
