using Brink.Steering;
using TorchSharp.Modules;

namespace Brink.Tests.Steering;

public sealed class UpdateRuleTests
{
    public static TheoryData<UpdateRule, Func<Parameter, optim.Optimizer>> Rules => new()
    {
        { new PlainRule(), theta => optim.SGD([theta], 0.05) },
        { new MomentumRule(0.9), theta => optim.SGD([theta], 0.05, momentum: 0.9) },
        { new AdamRule(), theta => optim.Adam([theta], 0.05) },
    };

    [Theory, MemberData(nameof(Rules))]
    public void Ten_steps_equal_those_of_TorchSharp(UpdateRule rule, Func<Parameter, optim.Optimizer> optimizer)
    {
        using var scope = NewDisposeScope();
        var scales = tensor(new[] { 3.0, 0.5, -1.0, 7.0 });
        var theta = tensor(new[] { 1.0, -2.0, 0.3, 0.7 });
        using var parameter = new Parameter(theta.clone());
        using var descent = optimizer(parameter);
        var moments = rule.Start(theta);
        for (var step = 0; step < 10; step++)
        {
            descent.zero_grad();
            (scales * parameter.square()).sum().backward();
            descent.step();
            (var update, moments) = rule.Step(moments, 2 * scales * theta);
            theta += 0.05 * update;
        }
        Assert.InRange((theta - parameter).abs().max().ToDouble(), 0, 1e-6);
    }

    [Theory, MemberData(nameof(Rules))]
    public void The_edge_of_a_quadratic_is_at_2_over_the_gain(UpdateRule rule, Func<Parameter, optim.Optimizer> optimizer)
    {
        _ = optimizer;
        if (rule is AdamRule) return;   // its preconditioner moves with the gradient
        Assert.True(Last(0.98) < 1e-3, $"below the edge |x| becomes {Last(0.98)}");
        Assert.True(Last(1.02) > 1e3, $"above the edge |x| becomes {Last(1.02)}");

        double Last(double share)
        {
            using var scope = NewDisposeScope();
            var x = tensor(new[] { 1.0 });
            var moments = rule.Start(x);
            for (var step = 0; step < 1500; step++)
            {
                (var update, moments) = rule.Step(moments, x);
                x += share * 2 / rule.Gain * update;
            }
            return Math.Abs(x.ToDouble());
        }
    }
}
