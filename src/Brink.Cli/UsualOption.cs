using System.CommandLine;

namespace Brink.Cli;

/// <summary>Makes an option with a default value; the help calls a whole number N and a real one X.</summary>
internal static class UsualOption
{
    public static Option<T> Of<T>(string name, string description, T usual) => new(name)
    {
        Description = description,
        HelpName = typeof(T) == typeof(string) ? null : typeof(T) == typeof(double) ? "X" : "N",
        DefaultValueFactory = _ => usual,
    };
}
