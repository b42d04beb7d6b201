using System.Numerics;
using System.Runtime.InteropServices;

namespace Brink.Taylor;

/// <summary>Reverse mode over truncated polynomials: the only place that combines orders.</summary>
/// <remarks>
/// <para>Parameters move along theta + t u, every value is a polynomial x(t) = x0 + x1 t + x2 t^2 + ..., and so is every adjoint
/// xbar(t), the derivative of the loss by x along the way. Then the adjoint of theta is
/// g + t Hu + (t^2/2) D3L(u,u) + (t^3/6) D4L(u,u,u) + ... (Griewank and Walther 2008, chapters 10 and 13).</para>
/// <para>The coefficient of an order depends on those below it, so a sweep makes one order, forward and back, from coefficients
/// already computed:</para>
/// <list type="bullet">
/// <item>linear y = A x: y_m = A x_m, and xbar_m += A^T ybar_m;</item>
/// <item>bilinear y = B(x,w): y_m = sum of B(x_i, w_j) over i + j = m, and likewise with the two transposes;</item>
/// <item>y = f(x): y_m by the chain rule, and xbar_m += sum over i + j = m of (f'(x(t)))_i ybar_j;</item>
/// <item>a selection, chosen by x_0: linear at every order.</item>
/// </list>
/// <para>Terms with a coefficient beyond a node's degree are zero by construction and never computed: the derivative of a
/// network's first layer has no second order, which would be half of the work of a third derivative.</para>
/// </remarks>
/// <param name="work">Tools of the primitives.</param>
/// <param name="nodes">Largest number of nodes swept at once.</param>
internal sealed unsafe class Sweep<T>(Work<T> work, int nodes)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>Addresses of the coefficients, by order and node.</summary>
    public nint[][] Values { get; } = Orders<nint>(nodes);

    /// <summary>Addresses of the adjoints' coefficients, by order and node.</summary>
    public nint[][] Adjoints { get; } = Orders<nint>(nodes);

    /// <summary>By order and node, true if the adjoint already holds something.</summary>
    public bool[][] Written { get; } = Orders<bool>(nodes);

    /// <summary>Computes the coefficients of an order, operands first.</summary>
    public void Forward(IReadOnlyList<Node> nodes, Range range, int order)
    {
        var (start, count) = range.GetOffsetAndLength(nodes.Count);
        for (var i = start; i < start + count; i++)
        {
            var node = nodes[i];
            if (node.Degree < order) continue;
            switch (node.Primitive)
            {
                case Linear linear:
                    Forward(linear, node, nodes, order, Value(nodes, i, order));
                    break;
                case Bilinear bilinear:
                    Forward(bilinear, node, nodes, order, Value(nodes, i, order));
                    break;
                case Unary unary:
                    var y = Value(nodes, i, order);
                    if (order == 0)
                    {
                        unary.Values(work.Passes, y.Size, Value(nodes, node.Operands[0], 0).Data, y.Data);
                        break;
                    }
                    var (x, value) = AtThePoint(unary, nodes, i);
                    unary.Forward(work.Passes, order, y.Size, x, (T*)value, y.Data);
                    break;
                case Selection selection:
                    Select(selection, node, nodes, Value(nodes, node.Operands[0], order), Value(nodes, i, order));
                    break;
            }
            work.Scratch.Clear();
        }
    }

    /// <summary>Computes the adjoints of an order, the last node first. The first write to an adjoint overwrites it.</summary>
    /// <param name="nodes">The shared nodes, then those of the tile.</param>
    /// <param name="range">The nodes that pass back.</param>
    /// <param name="order">Order of the coefficients.</param>
    /// <param name="from">The first node whose adjoint is wanted: orders below the requested one need no adjoints of shared
    /// nodes, the gradients of weights.</param>
    public void Backward(IReadOnlyList<Node> nodes, Range range, int order, int from = 0)
    {
        var (start, count) = range.GetOffsetAndLength(nodes.Count);
        for (var i = start + count - 1; i >= start; i--)
        {
            var node = nodes[i];
            for (var k = 0; k < node.Operands.Count; k++)
            {
                var operand = node.Operands[k];
                if (operand < from || !nodes[operand].Moves || node.DegreePassed(k, nodes) < order) continue;
                if (!node.SharesAdjoint[k]) Backward(node, i, k, nodes, order, Adjoint(nodes, operand, order));
                Written[order][operand] = true;
                work.Scratch.Clear();
            }
        }
    }

    private void Forward(Linear linear, Node node, IReadOnlyList<Node> nodes, int order, Block<T> y)
    {
        var accumulate = node.InPlace && nodes[node.Operands[0]].Degree >= order;
        for (var k = accumulate ? 1 : 0; k < node.Operands.Count; k++)
        {
            if (nodes[node.Operands[k]].Degree < order) continue;
            linear.Apply(work, k, order, Value(nodes, node.Operands[k], order), y, accumulate);
            accumulate = true;
        }
    }

    private void Forward(Bilinear bilinear, Node node, IReadOnlyList<Node> nodes, int order, Block<T> y)
    {
        var (x, w) = (node.Operands[0], node.Operands[1]);
        var accumulate = false;
        for (var i = 0; i <= order; i++)
        {
            if (i > nodes[x].Degree || order - i > nodes[w].Degree) continue;
            bilinear.Apply(work, Value(nodes, x, i), Value(nodes, w, order - i), y, accumulate);
            accumulate = true;
        }
    }

    private void Select(Selection selection, Node node, IReadOnlyList<Node> nodes, Block<T> x, Block<T> y)
    {
        var chosen = Chosen(selection, node, nodes, y);
        for (long i = 0; i < y.Size; i++) y.Data[i] = x.Data[chosen[i]];
    }

    private int* Chosen(Selection selection, Node node, IReadOnlyList<Node> nodes, Block<T> y)
    {
        var chosen = work.Scratch.Take<int>(y.Size);
        selection.Choose(Value(nodes, node.Operands[0], 0), y, chosen);
        return chosen;
    }

    private void Backward(Node node, int index, int k, IReadOnlyList<Node> nodes, int order, Block<T> adjoint)
    {
        var written = Written[order][node.Operands[k]];
        switch (node.Primitive)
        {
            case Linear linear:
                if (linear.TransposeAdds && !written) NativeMemory.Clear(adjoint.Data, (nuint)(nodes[node.Operands[k]].Stored * sizeof(T)));
                linear.Transpose(work, k, Adjoint(nodes, index, order), adjoint, written || linear.TransposeAdds);
                break;
            case Bilinear bilinear:
                var other = node.Operands[1 - k];
                for (var i = 0; i <= order; i++)
                {
                    if (i > node.AdjointDegree || order - i > nodes[other].Degree) continue;
                    var (ybar, factor) = (Adjoint(nodes, index, i), Value(nodes, other, order - i));
                    if (k == 0) bilinear.TransposeLeft(work, ybar, factor, adjoint, written);
                    else bilinear.TransposeRight(work, factor, ybar, adjoint, written);
                    written = true;
                }
                break;
            case Unary unary:
                var (x, value) = AtThePoint(unary, nodes, index);
                unary.Backward(
                    work.Passes, order, adjoint.Size, x, (T*)value, Series(Adjoints, index, node.AdjointDegree), adjoint.Data, written);
                break;
            case Selection selection:
                if (!written) NativeMemory.Clear(adjoint.Data, (nuint)(nodes[node.Operands[k]].Stored * sizeof(T)));
                var y = Adjoint(nodes, index, order);
                var chosen = Chosen(selection, node, nodes, y);
                for (long i = 0; i < y.Size; i++) adjoint.Data[chosen[i]] += y.Data[i];
                break;
        }
    }

    private Block<T> Value(IReadOnlyList<Node> nodes, int i, int order) => new((T*)Values[order][i], nodes[i].Shape);

    private Block<T> Adjoint(IReadOnlyList<Node> nodes, int i, int order) => new((T*)Adjoints[order][i], nodes[i].Shape);

    /// <summary>The coefficients and the value that a function's derivatives need.</summary>
    private (Kernels.Series<T> X, nint Value) AtThePoint(Unary unary, IReadOnlyList<Node> nodes, int i)
    {
        var x = nodes[i].Operands[0];
        return (Series(Values, x, nodes[x].Degree, lowest: unary.ReadsArgument), unary.ReadsValue ? Values[0][i] : 0);
    }

    /// <summary>A node's coefficients up to its degree, with or without the lowest.</summary>
    private static Kernels.Series<T> Series(nint[][] orders, int i, int degree, bool lowest = true) => new(
        lowest ? (T*)orders[0][i] : null,
        degree < 1 ? null : (T*)orders[1][i],
        degree < 2 ? null : (T*)orders[2][i],
        degree < 3 ? null : (T*)orders[3][i]);

    private static TElement[][] Orders<TElement>(int nodes) =>
        [.. Enumerable.Range(0, Node.Highest + 1).Select(_ => new TElement[nodes])];
}
