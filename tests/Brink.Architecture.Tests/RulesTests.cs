using Brink.Architecture.Tests.Samples;
using Brink.Architecture.Tests.Samples.Lower;

namespace Brink.Architecture.Tests;

/// <summary>Each rule finds its violations in samples that are compiled into this assembly.</summary>
public class RulesTests
{
    private const string Project = "tests/Brink.Architecture.Tests/Samples";

    private static readonly CodeAssembly Own = CodeAssembly.Read(typeof(RulesTests).Assembly.Location, Checkout.Root);

    /// <summary>The samples that refer to the folder Lower, each by a different construct of the language.</summary>
    public static TheoryData<string> Users =>
    [
        .. Own.Types
            .Where(type => type.Files[0] == Project + "/Upper/Uses.cs"
                && !type.IsNested
                && !type.Name.EndsWith("ByNothing", StringComparison.Ordinal))
            .Select(type => type.Name),
    ];

    [Theory, MemberData(nameof(Users))]
    public void A_reference_by_any_construct_of_the_language_is_found_with_its_file(string user)
    {
        var violations = BetweenFolders(upperMaySee: []);
        Assert.Contains(violations, line => line.StartsWith($"{Project}/Upper/Uses.cs: {user}", StringComparison.Ordinal)
            && line.Contains("uses Brink.Architecture.Tests.Samples.Lower.", StringComparison.Ordinal)
            && line.EndsWith("in Lower", StringComparison.Ordinal));
    }

    [Fact]
    public void The_samples_have_every_construct() => Assert.Equal(23, Users.Count);

    [Fact]
    public void A_reference_that_the_table_allows_is_not_a_violation() => Assert.Empty(BetweenFolders(upperMaySee: ["Lower"]));

    [Fact]
    public void A_name_without_a_reference_is_not_a_violation() =>
        Assert.DoesNotContain(BetweenFolders(upperMaySee: []), line => line.Contains("ByNothing", StringComparison.Ordinal));

    [Fact]
    public void A_folder_that_is_not_in_the_table_is_a_violation() => Assert.Equal(
        [$"{Project}/Upper: not in the table of folders; add it"],
        Rules.BetweenFolders(Own, Project, new Dictionary<string, string[]>(StringComparer.Ordinal) { [""] = [], ["Lower"] = [] }));

    [Fact]
    public void The_table_is_not_applied_to_a_project_without_folders() =>
        Assert.Empty(Rules.BetweenFolders(Own, Project + "/Upper", new Dictionary<string, string[]>(StringComparer.Ordinal)));

    [Fact]
    public void A_call_of_the_console_in_a_closure_is_found_with_its_type() => Assert.Contains(
        $"{Project}/PrintingSample.cs: {typeof(PrintingSample).FullName} uses System.Console.WriteLine",
        Rules.OnlyIn(null, Own, Rules.IsConsole));

    [Fact]
    public void The_allowed_file_may_refer_to_the_member() => Assert.DoesNotContain(
        Rules.OnlyIn(Project + "/PrintingSample.cs", Own, Rules.IsConsole),
        line => line.Contains(nameof(PrintingSample), StringComparison.Ordinal));

    [Fact]
    public void The_members_of_a_cycle_in_a_table_are_found() => Assert.Equal(
        ["A", "B"],
        Rules.Cycles(new Dictionary<string, string[]>(StringComparer.Ordinal) { ["A"] = ["B"], ["B"] = ["A", "C"], ["C"] = [] })
            .Order(StringComparer.Ordinal));

    [Fact]
    public void Types_and_their_visibility_are_read_from_the_file_that_declares_them()
    {
        var interfaceType = Assert.Single(Own.Types, type => type.Name == typeof(ILowest).FullName);
        Assert.Equal(Project + "/Lower/Lowest.cs", Assert.Single(interfaceType.Files));
        Assert.Equal((false, TypeKind.Interface), (interfaceType.IsPublic, interfaceType.Kind));
        var record = Assert.Single(Own.Types, type => type.Name == typeof(SampleState).FullName);
        Assert.Equal((true, TypeKind.Record), (record.IsPublic, record.Kind));
    }

    [Theory]
    [InlineData(typeof(SecondPublicType), TypeKind.Class)]
    [InlineData(typeof(SampleStage), TypeKind.Enumeration)]
    [InlineData(typeof(SampleObserver), TypeKind.Delegate)]
    public void The_kind_of_a_type_is_recognized(Type type, TypeKind kind) =>
        Assert.Equal(kind, Assert.Single(Own.Types, one => one.Name == type.FullName).Kind);

    [Fact]
    public void A_second_public_class_in_a_file_is_found_and_an_additional_record_is_not() => Assert.Equal(
        [$"{Project}/TwoPublicTypes.cs: {typeof(FirstPublicType).FullName}, {typeof(SecondPublicType).FullName}"],
        Rules.OnePublicTypeAFile(Own));

    private static IReadOnlyList<string> BetweenFolders(string[] upperMaySee) => Rules.BetweenFolders(
        Own,
        Project,
        new Dictionary<string, string[]>(StringComparer.Ordinal) { [""] = [], ["Lower"] = [], ["Upper"] = upperMaySee });
}
