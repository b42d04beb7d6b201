using System.CommandLine;

namespace Brink.Cli;

/// <summary>Makes an option with a default value.</summary>
internal static class UsualOption
{
    public static Option<T> Of<T>(string name, string description, T usual) => new(name)
    {
        Description = description,
        DefaultValueFactory = _ => usual,
    };
}
