using System.Reflection;
using System.Text.RegularExpressions;

namespace Brink.Architecture.Tests;

/// <summary>Checks that the names in docs/reference/notation.md exist in the code.</summary>
public partial class NotationTests
{
    private const BindingFlags Any =
        BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.FlattenHierarchy;

    private static readonly Type[] Types =
    [
        .. new[] { "Brink", "Brink.Zoo", "Brink.Lab" }
            .SelectMany(name => Assembly.LoadFrom(Checkout.Built("Brink.Cli", name)).GetTypes()),
    ];

    /// <summary>The names in the second column of each row.</summary>
    public static TheoryData<string> Names =>
        [.. Rows().Select(row => string.Join(' ', Code().Matches(row[1]).Select(match => match.Groups[1].Value)))];

    [Theory, MemberData(nameof(Names))]
    public void Every_name_of_the_notation_is_a_type_or_a_member_of_its_type(string names)
    {
        Assert.NotEmpty(names);
        Type? type = null;
        foreach (var name in names.Split(' '))
        {
            // A name without a type is a member of the preceding type, a type, or a parameter.
            var parts = name.Split('.');
            if (parts.Length == 2) type = Named(parts[0]);
            Assert.True(
                parts.Length == 2 || type is not null ? HasMember(type!, parts[^1]) : IsType(name) || IsParameter(name),
                $"{name}: not found in the code; correct docs/reference/notation.md");
        }
    }

    [Fact]
    public void Every_row_of_the_notation_has_its_four_columns()
    {
        var rows = Rows().ToArray();
        Assert.InRange(rows.Length, 50, 200);
        Assert.All(rows, row => Assert.Equal(4, row.Length));
    }

    [Fact]
    public void A_name_that_is_not_in_the_code_is_not_found()
    {
        Assert.True(IsType("SymmetricOperator") && HasMember(Named("IExpansion"), "HessianTimes") && IsParameter("theta"));
        Assert.False(IsType("AsymmetricOperator") || HasMember(Named("IExpansion"), "Sharpness") || IsParameter("thetta"));
    }

    private static Type Named(string name) =>
        Types.FirstOrDefault(type => TypeName(type) == name)
            ?? throw new InvalidOperationException($"{name}: not found in the code; correct docs/reference/notation.md");

    private static bool IsType(string name) => Types.Any(type => TypeName(type) == name);

    private static bool HasMember(Type type, string name) =>
        type.GetMember(name, Any).Length > 0 || type.GetInterfaces().Any(one => one.GetMember(name, Any).Length > 0);

    /// <summary>Returns whether the interface of all objectives has a parameter of this name.</summary>
    private static bool IsParameter(string name) =>
        Named("IObjective").GetMethods().SelectMany(method => method.GetParameters()).Any(parameter => parameter.Name == name);

    private static string TypeName(Type type) => type.Name.Split('`')[0];

    /// <summary>Returns the cells of the table's rows; a bar after a backslash does not separate cells.</summary>
    private static IEnumerable<string[]> Rows() => File.ReadLines(Path.Combine(Checkout.Root, "docs/reference/notation.md"))
        .Where(line => line.StartsWith("| ", StringComparison.Ordinal))
        .Skip(1)   // the head
        .Select(line => Border().Split(line)[1..^1]);

    [GeneratedRegex("`([^`]+)`")]
    private static partial Regex Code();

    [GeneratedRegex(@"(?<!\\)\|")]
    private static partial Regex Border();
}
