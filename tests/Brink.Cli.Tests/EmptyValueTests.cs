namespace Brink.Cli.Tests;

/// <summary>No option and no argument accepts an empty text, which an unset variable of a script produces.</summary>
public class EmptyValueTests
{
    /// <summary>Every option and argument of every command, hidden ones too, with a command line that gives it an empty
    /// value.</summary>
    public static TheoryData<string, string[]> All
    {
        get
        {
            var rows = new TheoryData<string, string[]>();
            foreach (var (path, command) in BrinkAssembly.Commands())
            {
                // A switch takes no value: an empty text after it is an argument.
                foreach (var option in command.Options)
                    rows.Add(
                        option.ValueType == typeof(bool) || option.Arity.MaximumNumberOfValues == 0
                            ? ""
                            : $"{option.Name}: its value is empty",
                        [.. path, option.Name, ""]);
                foreach (var (i, argument) in command.Arguments.Index())
                    rows.Add($"{argument.Name}: its value is empty", [.. path, .. Enumerable.Repeat("x", i), ""]);
            }
            return rows;
        }
    }

    [Theory, MemberData(nameof(All))]
    public void An_empty_value_is_rejected_in_one_line_that_names_its_option_or_argument(string message, string[] arguments)
    {
        using var brink = new BrinkProgram();
        var refused = brink.Run(arguments);
        Assert.Contains(message, refused.ErrorLine, StringComparison.Ordinal);
        Assert.Contains("empty", refused.ErrorLine, StringComparison.Ordinal);
        Assert.Equal((2, ""), (refused.Code, refused.Output));
        Assert.Empty(Directory.EnumerateFileSystemEntries(brink.Path("")));
    }

    [Theory]
    [InlineData("--out: its value is empty", "run", "smoke", "--out", " ")]
    [InlineData("--out: its value is missing", "run", "smoke", "--out=")]
    [InlineData("RUN: its value is empty", "report", "one", "", "two")]
    [InlineData("'run' has an empty argument", "run", "smoke", "--json", "")]
    [InlineData("'brink' has an empty argument", "")]
    [InlineData("--set data.path=: no value after '='", "run", "smoke", "--set", "data.path=")]
    [InlineData("--set data.path=\"\": data.path: an empty string; write null for no value", "run", "smoke", "--set", "data.path=\"\"")]
    [InlineData("--set =3: it must have the form path=value", "run", "smoke", "--set", "=3")]
    public void A_blank_value_and_an_empty_one_after_an_equals_sign_are_rejected_in_one_line(string message, params string[] arguments)
    {
        using var brink = new BrinkProgram();
        var refused = brink.Run(arguments);
        Assert.Contains(message, refused.ErrorLine, StringComparison.Ordinal);
        Assert.Equal((2, ""), (refused.Code, refused.Output));
    }
}
