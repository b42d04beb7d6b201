namespace Brink.Lab;

/// <param name="Name">Name of the computation.</param>
/// <param name="Correct">True where every case was within its tolerance.</param>
/// <param name="Error">The largest relative error.</param>
/// <param name="WrongCases">The first wrong cases and their number; empty where all are correct or there is only one
/// case.</param>
/// <param name="Workaround">The way in which Brink avoids every wrong case; null where it does not.</param>
public sealed record SelfTestResult(string Name, bool Correct, double Error, string WrongCases, string? Workaround);
