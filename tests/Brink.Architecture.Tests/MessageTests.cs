using System.Text.RegularExpressions;
using static Brink.Architecture.Tests.Violations;

namespace Brink.Architecture.Tests;

/// <summary>Every error message: what is wrong, where, what to do. The table is printed, so that it can be read at once.</summary>
public partial class MessageTests(ITestOutputHelper output)
{
    private const int LongestMessage = 320;

    private static readonly IReadOnlyList<SourceMessage> Messages = SourceMessages.All("src", "bench");

    /// <summary>Messages with words of their own, rather than those of another exception.</summary>
    private static readonly IReadOnlyList<SourceMessage> Worded =
        [.. Messages.Where(message => Hole().Replace(message.Text, "").Any(char.IsLetter))];

    [Fact]
    public void The_table_of_messages_is_printed()
    {
        foreach (var message in Messages) output.WriteLine($"{message.Place}\t{message.Exception}\t{message.Text}");
        Assert.InRange(Worded.Count, 300, 2000);
    }

    [Fact]
    public void A_message_is_one_line_of_readable_length() =>
        None(Shown(message => message.Text.Contains('\n', StringComparison.Ordinal)
            || Hole().Replace(message.Text, "x").Length > LongestMessage));

    [Fact]
    public void A_message_has_at_least_three_words() =>
        None(Shown(message => Hole().Replace(message.Text.Replace("{e.Message}", "a whole message", StringComparison.Ordinal), "x")
            .Split(' ', StringSplitOptions.RemoveEmptyEntries).Length < 3));

    [Fact]
    public void A_message_is_a_clause_without_a_full_stop() =>
        None(Shown(message => message.Text.EndsWith('.') || message.Text.EndsWith(' ') || message.Text.StartsWith(' ')));

    /// <summary>The command line prints it after "brink: ".</summary>
    [Fact]
    public void A_message_starts_in_lower_case_unless_with_a_name() =>
        None(Shown(message => CapitalWord().IsMatch(message.Text)));

    private static IEnumerable<string> Shown(Func<SourceMessage, bool> isWrong) =>
        Worded.Where(isWrong).Select(message => $"{message.Place}: {message.Text}");

    [GeneratedRegex(@"\{[^{}]*\}")]
    private static partial Regex Hole();

    /// <summary>A capitalised English word.</summary>
    [GeneratedRegex("^(The|A|An|This|That|No|It|Can|Cannot|Not|There|Use|Please|Expected|Unknown|Invalid|Missing)\\b")]
    private static partial Regex CapitalWord();
}
