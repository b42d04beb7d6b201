namespace Brink.Lab;

/// <param name="Name">Name of the computation.</param>
/// <param name="Right">True where every case was within its tolerance.</param>
/// <param name="Error">The largest relative error.</param>
/// <param name="WrongCases">The first wrong cases and their number; empty where none is wrong or there is one case
/// only.</param>
/// <param name="Cure">The way in which Brink avoids every wrong case; null where it does not.</param>
public sealed record SelfTestResult(string Name, bool Right, double Error, string WrongCases, string? Cure);
