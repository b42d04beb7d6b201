namespace Brink.Lab;

/// <summary>Converts C# names to the spelling of files and stores.</summary>
internal static class Names
{
    /// <summary>Converts FashionMnist to fashion-mnist.</summary>
    public static string Dashed(string name) => Joined(name, '-');

    /// <summary>Converts LearningRate to learning_rate.</summary>
    public static string Underscored(string name) => Joined(name, '_');

    private static string Joined(string name, char with) => string.Concat(
        name.Select((letter, i) => char.IsUpper(letter) && i > 0
            ? $"{with}{char.ToLowerInvariant(letter)}"
            : $"{char.ToLowerInvariant(letter)}"));
}
